import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StreamError } from '../../errors/stream-error.js'
import type { FailureKind } from '../../model/failure-kind.js'
import type { ReconnectionPolicy } from '../../strategy/connection-strategy.js'
import { backoffDelayMs, breakerDelayMs, obeyRetryAfter, retryDelayMs } from './retry-delay.js'

const policy: ReconnectionPolicy = {
  maxAttempts: 10,
  initialDelayMs: 1_000,
  backoffFactor: 2,
  maxDelayMs: 30_000,
  resetOn1005: true,
}

/** The largest draw a random source can make. */
const most = (): number => 1 - Number.EPSILON
const least = (): number => 0

describe('backoffDelayMs', () => {
  test.each([
    [1, 999],
    [2, 1_999],
    [3, 3_999],
    [5, 15_999],
    [6, 29_999],
    [1_000_000, 29_999],
  ])('for attempt %i is at most %i ms', (attempt, ceiling) => {
    expect(backoffDelayMs(policy, attempt, most)).toBe(ceiling)
    expect(backoffDelayMs(policy, attempt, least)).toBe(0)
  })

  test('is a whole number within the cap for any policy and draw', () => {
    fc.assert(
      fc.property(
        fc.record({
          maxAttempts: fc.nat(),
          initialDelayMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
          backoffFactor: fc.double({ min: 1, max: 1e6, noNaN: true }),
          maxDelayMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
          resetOn1005: fc.boolean(),
        }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (any, attempt, draw) => {
          const delay = backoffDelayMs(any, attempt, () => draw)
          expect(Number.isInteger(delay) && delay >= 0 && delay <= any.maxDelayMs).toBe(true)
        },
      ),
    )
  })
})

describe('retryDelayMs', () => {
  /** Shortest and longest delay of the first and third retry, after a connection that worked and one that did not. */
  const table: readonly (readonly [FailureKind, string, string, string])[] = [
    // kind                   worked, first   worked, third   had not, first
    ['closed-without-code', '0-0', '0-3999', '0-999'],
    ['closed', '0-0', '0-3999', '0-999'],
    ['abrupt', '0-0', '0-3999', '0-999'],
    ['upgrade', '0-0', '0-3999', '0-999'],
    ['corrupt', '0-0', '0-3999', '0-999'],
    ['expired', '0-0', '0-3999', '0-999'],
    ['refused', '0-999', '0-3999', '0-999'],
    ['host-not-found', '0-999', '0-3999', '0-999'],
    ['rejected', '0-999', '0-3999', '0-999'],
    ['authentication', '0-999', '0-3999', '0-999'],
    ['clock-skew', '0-999', '0-3999', '0-999'],
    ['signing', '0-999', '0-3999', '0-999'],
    ['timeout', '500-999', '500-3999', '500-999'],
    ['rate-limited', '5000-5999', '5000-8999', '5000-5999'],
  ]

  test.each(table)('after "%s" is %s, later %s, and %s where nothing had come', (kind, first, third, unproven) => {
    const range = (attempt: number, delivered: boolean): string =>
      [least, most].map((random) => retryDelayMs(kind, attempt, delivered, policy, random)).join('-')
    expect([range(1, true), range(3, true), range(1, false)]).toEqual([first, third, unproven])
  })
})

describe('breakerDelayMs', () => {
  test('is the interval, with up to as much again', () => {
    expect([breakerDelayMs(30_000, least), breakerDelayMs(30_000, most)]).toEqual([30_000, 59_999])
  })
})

describe('obeyRetryAfter', () => {
  const asked = (retryAfterMs: number | null, cause?: unknown): StreamError =>
    new StreamError('ERR_RATE_LIMITED', 'Wait.', { retryAfterMs, cause })

  test.each([
    ['nothing', asked(null), '700-700'],
    ['no wait', asked(0), '700-700'],
    ['less than the delay', asked(100), '700-5099'],
    ['a minute', asked(60_000), '60000-65999'],
    ['an hour', asked(3_600_000), '3600000-3959999'],
    ['a minute, in what caused it', asked(null, asked(60_000)), '60000-65999'],
    ['more than a day', asked(Number.MAX_VALUE), '86400000-95039999'],
  ])('where the exchange asks for %s', (_what, error, expected) => {
    expect([least, most].map((random) => obeyRetryAfter(700, error, random)).join('-')).toBe(expected)
  })

  test('never waits longer than a timer can', () => {
    expect(obeyRetryAfter(Number.MAX_VALUE, asked(null), most)).toBe(2 ** 31 - 1)
  })
})
