import { createEnv } from '@tapewire/core/adapter'
import { type ReplayServer, startReplayServer } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { gateioSpot } from '../index.js'

let server: ReplayServer | undefined

afterEach(() => server?.close())

async function listed(body: unknown): Promise<unknown> {
  const url = 'https://api.gateio.ws/spot/currency_pairs'
  server = await startReplayServer({ frames: [], rest: [{ url, status: 200, body: JSON.stringify(body) }] })
  return gateioSpot.listInstruments({ restUrl: server.restUrl }, createEnv())
}

const pair = {
  ...{ id: 'BTC_USDT', base: 'BTC', quote: 'USDT', fee: '0.2', min_base_amount: '0.00001', min_quote_amount: '3' },
  ...{ amount_precision: 5, precision: 1, trade_status: 'tradable' },
}
const btc = {
  ...{ wireSymbol: 'BTC_USDT', status: 'trading', priceStep: '0.1', sizeStep: '0.00001' },
  ...{ minSize: '0.00001', minQuoteSize: '3' },
}

describe('the list of Gate.io’s pairs', () => {
  it('has steps and least sizes as exact text', async () => {
    expect(await listed([pair])).toMatchObject([{ ...btc, instrument: { name: 'BTC/USDT' } }])
  })

  it.each([
    ['tradable', 'trading'],
    ['buyable', 'buy-only'],
    ['sellable', 'sell-only'],
    ['untradable', 'halted'],
    ['resting', null],
    [undefined, null],
  ])('reads the status %j as %j', async (trade_status, status) => {
    expect(await listed([{ ...pair, trade_status }])).toMatchObject([{ status }])
  })

  it('has null for what is not said, or is no limit', async () => {
    const { min_base_amount: _none, ...rest } = pair
    const odd = { ...rest, min_quote_amount: '0', precision: 'fine', amount_precision: 0 }
    const said = { minSize: null, minQuoteSize: null, priceStep: null, sizeStep: '1' }
    expect(await listed([odd])).toMatchObject([said])
  })

  it('leaves out rows that name no pair, and keeps the others', async () => {
    expect(await listed([null, {}, { ...pair, base: 'a b' }, pair])).toMatchObject([btc])
  })

  it.each([{}, null, 'none'])('is refused where it is %j', async (body) => {
    await expect(listed(body)).rejects.toMatchObject({ code: 'ERR_REST_FAILED' })
  })
})
