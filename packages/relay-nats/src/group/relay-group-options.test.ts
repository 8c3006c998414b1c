import { expect, it } from 'vitest'
import { relayGroup } from '../index.js'

const right = {
  servers: 'nats://127.0.0.1:9',
  group: 'desk',
  exchange: 'acme_spot',
  symbols: ['BTC/USDT'],
  channels: ['trades'],
  openFeed: () => Promise.reject(new Error('nobody is asked')),
}

it.each([
  ['a channel that there is none of', { channels: ['trade'] }, 'ERR_INVALID_CONFIG', /channels\.0 must be one of/],
  ['symbols that are no list', { symbols: 'BTC/USDT' }, 'ERR_INVALID_CONFIG', /symbols must be array/],
  ['widths that are no list', { candleIntervals: '1m' }, 'ERR_INVALID_CONFIG', /candleIntervals must be array/],
  ['neither symbols nor accounts', { symbols: [] }, 'ERR_INVALID_CONFIG', /It relays nothing/],
  ['a symbol in another spelling', { symbols: ['btcusdt'] }, 'ERR_INVALID_SYMBOL', /btcusdt/],
  [
    'an option in another spelling',
    { simbols: [] },
    'ERR_INVALID_CONFIG',
    /simbols is not an option \(did you mean symbols\?\)/,
  ],
  [
    'an account by the name of the option of one relay',
    { account: 'main' },
    'ERR_INVALID_CONFIG',
    /did you mean accounts\?/,
  ],
  ['a lease that is too short', { leaseMs: 10 }, 'ERR_INVALID_CONFIG', /leaseMs must be >= 500/],
  ['a listener that is none', { onError: true }, 'ERR_INVALID_CONFIG', /onError must be a function/],
  ['an address of no name', { address: '' }, 'ERR_INVALID_CONFIG', /address/],
  [
    'a user without a password',
    { credentials: { user: 'tape' } },
    'ERR_INVALID_CONFIG',
    /credentials\.password is missing/,
  ],
])('relayGroup names what cannot be meant before anything is connected: %s', async (_, mistake, code, problem) => {
  for (const retry of [true, false])
    await expect(relayGroup({ ...right, retry, ...mistake } as never)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(problem),
    })
})

it('relayGroup fails of what is not there where its options are right', async () => {
  await expect(relayGroup(right as never)).rejects.toMatchObject({ code: 'ERR_CONNECTION_REFUSED' })
})

it('relayGroup takes the widths of candles, which every member has to name', async () => {
  const candles = { channels: ['candles'], candleIntervals: ['1m', '5m'] }
  await expect(relayGroup({ ...right, ...candles } as never)).rejects.toMatchObject({ code: 'ERR_CONNECTION_REFUSED' })
})
