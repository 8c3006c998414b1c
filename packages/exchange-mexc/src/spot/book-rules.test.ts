import { parseInstrument } from '@tapewire/core'
import { createEnv, type SnapshotSource } from '@tapewire/core/adapter'
import { type ReplayServer, startReplayServer } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { mexcSpot } from '../index.js'

const btc = parseInstrument('BTC/USDT')
const bids = [['87499.90', '1.00000000']]
const asks = [['87500.10', '0.50000000']]

let server: ReplayServer | undefined

afterEach(() => server?.close())

async function snapshotFrom(body: unknown, status = 200): Promise<unknown> {
  const url = 'https://api.mexc.com/api/v3/depth?symbol=BTCUSDT&limit=1000'
  server = await startReplayServer({ frames: [], rest: [{ url, status, body: JSON.stringify(body) }] })
  const { bookRules } = mexcSpot.public({ restUrl: server.restUrl })
  return (bookRules as SnapshotSource).fetchSnapshot(btc, createEnv())
}

describe('a snapshot of MEXC', () => {
  it('has flat levels, the id it was made at and its time', async () => {
    expect(await snapshotFrom({ lastUpdateId: 7, bids, asks, timestamp: 1_767_225_600_123 })).toEqual({
      bids: [87_499.9, 1],
      asks: [87_500.1, 0.5],
      sequence: 7,
      exchangeTime: 1_767_225_600_123,
    })
  })

  it('need not have a time', async () => {
    expect(await snapshotFrom({ lastUpdateId: 7, bids, asks })).toMatchObject({ exchangeTime: null })
  })

  it.each([
    [{ bids, asks }, 'lastUpdateId is missing'],
    [{ lastUpdateId: 7, bids }, 'asks is missing'],
    [{ lastUpdateId: 7, bids: [['', '1']], asks }, 'bids'],
    [{ lastUpdateId: 7, bids: [[null, '1']], asks }, 'bids'],
    [null, 'the payload is null'],
    [[], 'the payload is'],
  ])('is refused where it is %j', async (body, fault) => {
    const refusal = snapshotFrom(body)
    await expect(refusal).rejects.toMatchObject({ code: 'ERR_REST_FAILED' })
    await expect(refusal).rejects.toThrow(fault)
  })

  it('of a symbol that MEXC does not list is refused by that name', async () => {
    await expect(snapshotFrom({ code: -1121, msg: 'Invalid symbol.' }, 400)).rejects.toMatchObject({
      code: 'ERR_INVALID_SYMBOL',
      context: { 'Exchange code': -1121 },
    })
  })
})
