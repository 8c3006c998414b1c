import { describe, expect, it } from 'vitest'
import { type NatsAccountFeedOptions, type NatsFeedOptions, natsExchange, natsFeed } from '../index.js'

/** Nobody is there: whoever asks fails of that. */
const servers = 'nats://127.0.0.1:9'
const market: NatsFeedOptions = { servers, exchange: 'acme_spot', symbols: ['BTC/USDT'] }
const account: NatsAccountFeedOptions = { servers, exchange: 'acme_spot', account: 'main' }

async function codeOf(made: Promise<unknown>): Promise<string> {
  const thrown = await made.catch((error: unknown) => error)
  const { code, message } = thrown as { readonly code: string; readonly message: string }
  return `${code} ${message}`
}

describe('options of natsFeed that cannot be meant', () => {
  it.each([
    [
      'a channel that there is none of',
      { channels: ['trade'] },
      /^ERR_UNKNOWN_CHANNEL .*"trade"(?:.|\n)*Did you mean trades\?/,
    ],
    ['channels that are no list', { channels: 'trades' }, /^ERR_UNKNOWN_CHANNEL .*not a list/],
    ['no channel', { channels: [] }, /^ERR_UNKNOWN_CHANNEL/],
    ['a channel of an account', { channels: ['orders'] }, /^ERR_UNSUPPORTED_CHANNEL/],
    ['no symbol', { symbols: [] }, /^ERR_INVALID_SYMBOL/],
    ['symbols that are left out', { symbols: undefined }, /^ERR_INVALID_CONFIG .*symbols is missing/],
    ['a symbol in another spelling', { symbols: ['btcusdt'] }, /^ERR_INVALID_SYMBOL .*btcusdt/],
    [
      'a width that no candles have',
      { channels: ['candles'], candleIntervals: ['7m'] },
      /^ERR_UNSUPPORTED_OPTION .*7m/,
    ],
    ['widths of candles that are not asked for', { candleIntervals: ['1m'] }, /^ERR_INVALID_CONFIG .*candles/],
    [
      'a user without a password',
      { credentials: { user: 'tape' } },
      /^ERR_INVALID_CONFIG .*credentials\.password is missing/,
    ],
    [
      'a password without a user',
      { credentials: { password: 'x' } },
      /^ERR_INVALID_CONFIG .*credentials\.user is missing/,
    ],
    [
      'two means at once',
      { credentials: { token: 'x', credsFile: 'y' } },
      /^ERR_INVALID_CONFIG .*several: token, credsFile/,
    ],
    ['a certificate without its key', { tls: { certFile: 'x.pem' } }, /^ERR_INVALID_CONFIG .*tls\.keyFile is missing/],
    ['an address of something else', { servers: 'http://127.0.0.1:4222' }, /^ERR_INVALID_CONFIG .*http:/],
    [
      'an option in another spelling',
      { simbols: [] },
      /^ERR_INVALID_CONFIG .*simbols is not an option \(did you mean symbols\?\)/,
    ],
    ['beats that come too often', { beatIntervalMs: 5 }, /^ERR_INVALID_CONFIG .*beatIntervalMs must be >= 10/],
    ['an event in another spelling', { on: { trade: () => {} } }, /^ERR_INVALID_CONFIG .*trade is not an event/],
    ['a part of core’s config that is not one', { config: { batch: 1 } }, /^ERR_INVALID_CONFIG .*batch/],
    ['alerts that cannot be', { alerts: { staleMs: 1 } }, /^ERR_INVALID_CONFIG .*staleMs/],
    ['a signal that is none', { signal: {} }, /^ERR_INVALID_CONFIG .*signal must be an AbortSignal/],
    ['a place to begin that is none', { from: 'yesterday' }, /^ERR_INVALID_CONFIG .*from/],
  ])('are named before anything is connected: %s', async (_, mistake, expected) => {
    for (const retry of [true, false])
      expect(await codeOf(natsFeed({ ...market, retry, ...mistake } as NatsFeedOptions))).toMatch(expected)
  })

  it('are all named together, and all options that there are', async () => {
    const thrown = await natsFeed({ exchange: 'acme_spot', simbols: [], beatIntervalMs: 5 } as never).catch(
      (error) => error,
    )
    expect(String(thrown)).toMatchInlineSnapshot(`
      "StreamError: The options of natsFeed are not valid: servers is missing; symbols is missing; simbols is not an option (did you mean symbols?); beatIntervalMs must be >= 10.  [ERR_INVALID_CONFIG]
      Known options: servers, credentials, tls, name, connectTimeoutMs, exchange, symbols, channels, candleIntervals, maxHeldBytes, on, onRefused, config, books, flightRecorder, alerts, logger, logLevel, random, limiter, prefix, beatIntervalMs, answerTimeoutMs, from, to, retry, signal, clock."
    `)
  })

  it.each([
    [
      'symbols',
      { symbols: ['BTC/USDT'] },
      /^ERR_INVALID_CONFIG .*for an account are not valid: symbols is not an option/,
    ],
    ['a channel of the market', { channels: ['trades'] }, /^ERR_UNSUPPORTED_CHANNEL/],
    ['a channel that there is none of', { channels: ['order'] }, /^ERR_UNKNOWN_CHANNEL (?:.|\n)*orders/],
    ['no name', { account: '' }, /^ERR_INVALID_CONFIG .*account/],
    [
      'a user without a password',
      { credentials: { user: 'tape' } },
      /^ERR_INVALID_CONFIG .*credentials\.password is missing/,
    ],
    ['a place to begin that is none', { from: { sequence: 0 } }, /^ERR_INVALID_CONFIG .*from/],
  ])('are named of an account: %s', async (_, mistake, expected) => {
    expect(await codeOf(natsFeed({ ...account, ...mistake } as NatsAccountFeedOptions))).toMatch(expected)
  })

  it('are not looked for where they are right: then it fails of what is not there', async () => {
    const connection = /^ERR_CONNECTION_REFUSED/
    const channels = ['candles', 'orderbook'] as const
    const on = { trades: () => {}, connection: () => expect.unreachable() }
    const right = { ...market, channels, candleIntervals: ['1m'], on, books: {}, tls: undefined, account: undefined }
    expect(await codeOf(natsFeed(right as never))).toMatch(connection)
    expect(await codeOf(natsFeed({ ...account, channels: ['orders'], from: 'first' }))).toMatch(connection)
    expect(await codeOf(natsExchange({ servers, exchange: 'acme_spot' }))).toMatch(connection)
  })
})

it('options of natsExchange that belong to the feed are named before anything is connected', async () => {
  const options = { servers, exchange: 'acme_spot', channels: ['trades'] }
  expect(await codeOf(natsExchange(options as never))).toMatch(
    /^ERR_INVALID_CONFIG .*natsExchange .*channels is not an option/,
  )
})
