import { createEnv } from '@tapewire/core/adapter'
import { type ReplayServer, startReplayServer } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { mexcSpot } from '../index.js'

let server: ReplayServer | undefined

afterEach(() => server?.close())

async function listed(body: unknown): Promise<unknown> {
  const url = 'https://api.mexc.com/api/v3/exchangeInfo'
  server = await startReplayServer({ frames: [], rest: [{ url, status: 200, body: JSON.stringify(body) }] })
  return mexcSpot.listInstruments({ restUrl: server.restUrl }, createEnv())
}

const row = {
  ...{ symbol: 'BTCUSDT', status: '1', baseAsset: 'BTC', baseAssetPrecision: 8, quoteAsset: 'USDT', quotePrecision: 2 },
  ...{ baseSizePrecision: '0.000001', quoteAmountPrecision: '1', isSpotTradingAllowed: true, tradeSideType: 1 },
}
const btc = {
  ...{ wireSymbol: 'BTCUSDT', status: 'trading', priceStep: '0.01', sizeStep: '0.00000001' },
  ...{ minSize: '0.000001', minQuoteSize: '1' },
}

describe('the list of MEXC’s symbols', () => {
  it('has base and quote, which the spelling does not tell, and steps and least sizes as exact text', async () => {
    const abc = { ...row, symbol: 'ABUSDT', baseAsset: 'A', quoteAsset: 'BUSDT' }
    expect(await listed({ symbols: [row, abc] })).toMatchObject([
      { ...btc, instrument: { name: 'BTC/USDT' } },
      { wireSymbol: 'ABUSDT', instrument: { name: 'A/BUSDT' } },
    ])
  })

  it.each([
    [{ status: '1' }, 'trading'],
    [{ status: 1, tradeSideType: undefined }, 'trading'],
    [{ status: '1', tradeSideType: 2 }, 'buy-only'],
    [{ status: '1', tradeSideType: 3 }, 'sell-only'],
    [{ status: '1', tradeSideType: 4 }, 'halted'],
    [{ status: '1', tradeSideType: 9 }, null],
    [{ status: '2' }, 'halted'],
    [{ status: '3' }, 'halted'],
    [{ status: 'ENABLED' }, null],
  ])('reads %j as %j', async (said, status) => {
    expect(await listed({ symbols: [{ ...row, ...said }] })).toMatchObject([{ status }])
  })

  it('has null for what is no limit', async () => {
    const odd = { ...row, baseSizePrecision: '0', quoteAmountPrecision: '0.00', quotePrecision: null }
    const said = { minSize: null, minQuoteSize: null, priceStep: null }
    expect(await listed({ symbols: [odd] })).toMatchObject([said])
  })

  it('leaves out rows that name no instrument, and keeps the others', async () => {
    expect(await listed({ symbols: [null, {}, { ...row, baseAsset: '' }, row] })).toMatchObject([btc])
  })

  it.each([{}, null, [], { symbols: {} }])('is refused where it is %j', async (body) => {
    await expect(listed(body)).rejects.toMatchObject({ code: 'ERR_REST_FAILED' })
  })
})
