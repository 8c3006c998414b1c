import { StreamError } from '@tapewire/core'
import { describe, expect, it } from 'vitest'
import { type MexcSpotPrivateOptions, type MexcSpotPublicOptions, mexcSpot } from '../index.js'

function refusal(make: () => unknown): StreamError {
  try {
    make()
  } catch (thrown) {
    if (thrown instanceof StreamError) return thrown
  }
  throw new Error('The options were accepted.')
}

const credentials = { apiKey: 'key', apiSecret: 'secret' }
const publicWith = (options: object): unknown => mexcSpot.public(options as MexcSpotPublicOptions)
const privateWith = (options: object): unknown => mexcSpot.private(credentials, options as MexcSpotPrivateOptions)

describe('options', () => {
  it('are refused with every mistake named together', () => {
    const error = refusal(() => publicWith({ interval: '1s', timezones: 'UTC+8', candleIntervals: ['10s'] }))
    expect(error.code).toBe('ERR_UNSUPPORTED_OPTION')
    expect(error.shortMessage).toMatchInlineSnapshot(
      `"mexc_spot does not have these options: timezones is not an option (did you mean timezone?); interval must be one of 100ms, 10ms; candleIntervals.0 must be one of 1m, 5m, 15m, 30m, 1h, 4h, 8h, 1d, 1w, 1M."`,
    )
  })

  it('keep depth for the channel that has one', () => {
    expect(refusal(() => publicWith({ depth: 5 })).message).toMatchInlineSnapshot(`
      "depth belongs to orderbookChannel limit.depth.  [ERR_UNSUPPORTED_OPTION]
      aggre.depth sends every change of the book, whatever its depth."
    `)
  })

  it('of the account are refused alike', () => {
    expect(refusal(() => privateWith({ recvWindowMs: 60_001, interval: '10ms' })).shortMessage).toMatchInlineSnapshot(
      `"mexc_spot does not have these options for the account: interval is not an option; recvWindowMs must be <= 60000."`,
    )
  })

  it('given as undefined count as not given', () => {
    expect(() => publicWith({ interval: undefined, url: undefined, socket: undefined })).not.toThrow()
    expect(() => privateWith({ recvWindowMs: undefined, socket: undefined })).not.toThrow()
  })

  it('send signed requests nowhere unencrypted', () => {
    expect(refusal(() => privateWith({ restUrl: 'http://api.mexc.example' })).code).toBe('ERR_INSECURE_URL')
    expect(refusal(() => privateWith({ restUrl: 'api.mexc.com' })).code).toBe('ERR_INVALID_CONFIG')
    expect(() => privateWith({ restUrl: 'http://127.0.0.1:9000/' })).not.toThrow()
  })
})

describe('credentials', () => {
  it.each([
    {},
    { apiKey: '', apiSecret: 'secret' },
    { apiKey: 'hidden key\n', apiSecret: 'hidden' },
    { apiKey: 'key', apiSecret: '' },
    { apiKey: 'key', sign: 'hidden' },
    { apiKey: 'key', apiSecret: 'hidden', sign: () => '' },
    null,
  ])('%j are refused without being shown', (given) => {
    const error = refusal(() => mexcSpot.private(given as never))
    expect(error.code).toBe('ERR_INVALID_CREDENTIALS')
    expect(error.message).not.toContain('hidden')
  })
})
