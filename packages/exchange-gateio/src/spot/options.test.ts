import { describe, expect, it } from 'vitest'
import { resolvePrivateOptions, resolvePublicOptions } from './options.js'

describe('options', () => {
  it('have defaults', () => {
    expect(resolvePublicOptions()).toEqual({
      url: 'wss://api.gateio.ws/ws/v4/',
      restUrl: 'https://api.gateio.ws/api/v4',
      orderbookChannel: 'order_book_update',
      orderbookInterval: '100ms',
      orderbookDepth: 400,
      candleIntervals: ['1m'],
      socket: null,
    })
  })

  it('keep what was given, and drop the slash that would be doubled', () => {
    const socket = { handshakeTimeoutMs: 5 }
    const resolved = resolvePrivateOptions({ url: 'ws://127.0.0.1:9/', restUrl: 'http://127.0.0.1:9/', socket })
    expect(resolved).toEqual({
      url: 'ws://127.0.0.1:9/',
      restUrl: 'http://127.0.0.1:9',
      socket,
      accountCheckIntervalMs: 8_000,
    })
  })

  it('name every mistake together', () => {
    const options = { orderbookDepht: 50, candleIntervals: ['1m', '2m'], orderbookInterval: '10ms' } as object
    expect(() => resolvePublicOptions(options)).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: gateio_spot does not have these options: orderbookDepht is not an option (did you mean orderbookDepth?); orderbookInterval must be one of 100ms, 20ms; candleIntervals.1 must be one of 10s, 1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d, 1w.  [ERR_UNSUPPORTED_OPTION]
      Known options: url, restUrl, socket, orderbookChannel, orderbookInterval, orderbookDepth, candleIntervals.]
    `)
  })

  it.each([
    [
      { orderbookChannel: 'obu', orderbookInterval: '20ms' },
      /orderbookInterval belongs to orderbookChannel order_book_update/,
    ],
    [{ orderbookDepth: 50 }, /orderbookDepth belongs to orderbookChannel obu/],
    [{ orderbookChannel: 'obu', orderbookDepth: 100 }, /orderbookDepth must be one of 50, 400/],
    [{ candleIntervals: ['1M'] }, /candleIntervals.0 must be one of/],
    [{ candleIntervals: [] }, /candleIntervals must NOT have fewer than 1 items/],
    [{ socket: { agnet: {} } }, /agnet is not an option/],
    [{ clock: {} }, /clock is not an option/],
    [{ url: '' }, /url must NOT have fewer than 1 characters/],
  ])('refuse %j', (options, message) => {
    expect(() => resolvePublicOptions(options as object)).toThrow(message)
    expect(() => resolvePublicOptions(options as object)).toThrow(/ERR_UNSUPPORTED_OPTION/)
  })

  it.each([-1, 1, 999, 3_600_001, 1.5])('refuse to look at an account every %d ms', (accountCheckIntervalMs) => {
    expect(() => resolvePrivateOptions({ accountCheckIntervalMs })).toThrow(/ERR_UNSUPPORTED_OPTION/)
  })

  it('of the account are fewer', () => {
    expect(() => resolvePrivateOptions({ orderbookChannel: 'obu' } as object)).toThrow(
      /orderbookChannel is not an option/,
    )
  })
})
