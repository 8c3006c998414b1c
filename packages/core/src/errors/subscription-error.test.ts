import { describe, expect, test } from 'vitest'
import { StreamError } from './stream-error.js'
import { type RejectedStream, SubscriptionError } from './subscription-error.js'

const refused = (
  symbol: string | null,
  reason = 'unknown pair',
  exchangeCode: string | null = '2',
): RejectedStream => ({
  streamId: `trades:${symbol}`,
  symbol,
  channel: 'trades',
  exchangeCode,
  reason,
})

describe('SubscriptionError', () => {
  test('names the stream, the exchange’s reason and what stays', () => {
    const error = new SubscriptionError('ERR_SUBSCRIPTION_REJECTED', 'acme_spot', [refused('FOO/USDT')], 14)
    expect(error.message).toMatchInlineSnapshot(`
      "acme_spot refused a subscription.  [ERR_SUBSCRIPTION_REJECTED]
      Channel: trades   Reason: unknown pair   Symbol: FOO/USDT   Exchange code: 2
      The instrument may be delisted or misspelled. The other 14 subscriptions stay active."
    `)
    expect(error).toMatchObject({ name: 'SubscriptionError', retryable: false, rejected: [{ symbol: 'FOO/USDT' }] })
  })

  test('promises nothing where nothing stays', () => {
    const error = new SubscriptionError('ERR_SUBSCRIPTION_REJECTED', 'acme_spot', [refused('FOO/USDT')], 0)
    expect(error.hint).toBe('The instrument may be delisted or misspelled.')
  })

  test.each([
    [0, ' Nothing is left open.'],
    [
      1,
      " The other subscription was ended as well, and nothing is left open; with onRefused: 'continue' the feed goes on with it.",
    ],
    [
      14,
      " The other 14 subscriptions were ended as well, and nothing is left open; with onRefused: 'continue' the feed goes on with them.",
    ],
  ])('says what became of the %i others where they were ended as well', (others, fate) => {
    const rejected = [refused('FOO/USDT')]
    const error = new SubscriptionError('ERR_SUBSCRIPTION_REJECTED', 'acme_spot', rejected, others).withoutOthers()
    expect(error.hint).toBe(`The instrument may be delisted or misspelled.${fate}`)
    expect(error).toMatchObject({ code: 'ERR_SUBSCRIPTION_REJECTED', rejected })
  })

  test('lists ten symbols and counts the rest, each once', () => {
    const rejected = Array.from({ length: 12 }, (_, index) => refused(`C${index}/USDT`))
    const error = new SubscriptionError('ERR_SUBSCRIPTION_REJECTED', 'acme_spot', [...rejected, ...rejected], 1)
    expect(error.message).toMatchInlineSnapshot(`
      "acme_spot refused 24 subscriptions.  [ERR_SUBSCRIPTION_REJECTED]
      Channel: trades   Reason: unknown pair   Symbols: C0/USDT, C1/USDT, C2/USDT, C3/USDT, C4/USDT, C5/USDT, C6/USDT, C7/USDT, C8/USDT, C9/USDT and 2 more   Exchange code: 2
      The instrument may be delisted or misspelled. The other subscription stays active."
    `)
  })

  test('tells silence from refusal, and an account-wide stream from a pair', () => {
    const error = new SubscriptionError('ERR_ACKNOWLEDGEMENT_TIMEOUT', 'acme_spot', [refused(null, 'silence', null)], 0)
    expect(error.message).toMatchInlineSnapshot(`
      "acme_spot did not acknowledge a subscription.  [ERR_ACKNOWLEDGEMENT_TIMEOUT]
      Channel: trades   Reason: silence
      The exchange may be overloaded; subscribe again, or raise acknowledgementTimeoutMs."
    `)
    expect(error.retryable).toBe(true)
  })

  test('tells of a connection that ended what that was, and what to do about it', () => {
    const cause = new StreamError('ERR_RECONNECT_EXHAUSTED', 'The connection was given up.', { hint: 'Try longer.' })
    const rejected = [refused('FOO/USDT', 'The connection was given up.', null)]
    const error = new SubscriptionError('ERR_RECONNECT_EXHAUSTED', 'acme_spot', rejected, 3, { cause })
    expect(error.message).toMatchInlineSnapshot(`
      "The connection was given up.  [ERR_RECONNECT_EXHAUSTED]
      Channel: trades   Symbol: FOO/USDT
      Try longer."
    `)
    expect([error.cause, error.rejected]).toEqual([cause, rejected])
  })
})
