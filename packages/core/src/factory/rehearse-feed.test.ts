import { expect, it } from 'vitest'
import { acmeSpot } from '../../test/support/acme-exchange.js'
import { StreamError } from '../errors/stream-error.js'
import { createPublicExchange } from './create-exchange.js'
import { rehearseFeed } from './rehearse-feed.js'

/** Nobody is there: whoever connects fails of that. */
const right = {
  exchange: acmeSpot,
  symbols: ['BTC/USDT'],
  channels: ['trades'],
  options: { url: 'ws://127.0.0.1:9/' },
} as const

it('a feed is rehearsed without a connection, and nobody is told anything of it', async () => {
  const on = { connection: () => expect.unreachable(), stream: () => expect.unreachable() }
  await rehearseFeed((signal) => createPublicExchange({ ...right, on, signal }))
})

it.each([
  ['ERR_UNKNOWN_CHANNEL', { channels: ['trade'] }],
  ['ERR_INVALID_SYMBOL', { symbols: [] }],
  ['ERR_INVALID_CONFIG', { simbols: [] }],
  ['ERR_INVALID_CONFIG', { config: { maxPendingMessages: -1 } }],
  ['ERR_INVALID_CONFIG', { books: { crossed: 'maybe' } }],
  ['ERR_INVALID_CONFIG', { retry: 'always' }],
])('what is wrong with its options is said all the same: %s of %j', async (code, mistake) => {
  const rehearsed = rehearseFeed((signal) => createPublicExchange({ ...right, ...mistake, signal } as never))
  await expect(rehearsed).rejects.toMatchObject({ code })
  await expect(rehearsed).rejects.toBeInstanceOf(StreamError)
})
