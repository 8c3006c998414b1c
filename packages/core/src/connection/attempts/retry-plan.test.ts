import { describe, expect, test } from 'vitest'
import { StreamError } from '../../errors/stream-error.js'
import type { FailureKind } from '../../model/failure-kind.js'
import type { ReconnectionPolicy } from '../../strategy/connection-strategy.js'
import { provenAfterMs, RetryPlan } from './retry-plan.js'

const policy: ReconnectionPolicy = {
  maxAttempts: 3,
  initialDelayMs: 100,
  backoffFactor: 2,
  maxDelayMs: 10_000,
  resetOn1005: true,
}

const failure = (kind: FailureKind) => ({ kind, error: new StreamError('ERR_CONNECTION_CLOSED', kind) })
const kinds: readonly FailureKind[] = [
  'closed-without-code',
  'closed',
  'abrupt',
  'timeout',
  'upgrade',
  'corrupt',
  'authentication',
  'strategy',
]
/** A plan whose delays are the ceilings. */
const planOf = (): RetryPlan => new RetryPlan({ random: () => 1, breakerIntervalMs: 1_000 })
const terms = { hasCredentials: true, putOffMs: 0, leftMs: Number.POSITIVE_INFINITY }
const proven = { delivered: true, lastedMs: provenAfterMs }
const long = { delivered: true, lastedMs: provenAfterMs - 1 }
const brief = { delivered: true, lastedMs: 10 }

describe('RetryPlan', () => {
  test('opens the breaker after as many attempts as the policy has, and goes on at the breaker’s interval', () => {
    const plan = planOf()
    plan.lost(proven)
    const course = (['abrupt', ...Array<FailureKind>(5).fill('refused')] as const).map((kind) => {
      const delayMs = plan.next(failure(kind), policy, terms)
      return [delayMs, plan.attempts, plan.breaker]
    })
    expect(course).toEqual([
      [0, 1, 'closed'],
      [200, 2, 'closed'],
      [400, 3, 'closed'],
      [2_000, 4, 'open'],
      [2_000, 5, 'open'],
      [2_000, 6, 'open'],
    ])
  })

  test('is half-open from the attempt on until the connection has proved itself, and open again where it ends before', () => {
    const plan = planOf()
    const after = (lastedMs: number): unknown[] => {
      plan.lost({ delivered: true, lastedMs })
      const delayMs = plan.next(failure('abrupt'), policy, terms)
      plan.begin()
      plan.recovered()
      return [delayMs, plan.breaker]
    }
    plan.lost(proven)
    for (let index = 0; index < 4; index += 1) plan.next(failure('refused'), policy, terms)
    expect([plan.begin(), plan.breaker]).toEqual([true, 'half-open'])
    plan.recovered()
    expect([after(1_000), after(60_000), after(provenAfterMs - 1)]).toEqual(Array(3).fill([2_000, 'half-open']))
    plan.proven()
    expect(after(provenAfterMs)).toEqual([0, 'closed'])
  })

  test.each(kinds)(
    'paces connections that open, deliver and die after a second or a minute of "%s" failures',
    (kind) => {
      for (const lastedMs of [1_000, 60_000]) {
        const plan = planOf()
        const delays = Array.from({ length: 8 }, () => {
          plan.lost({ delivered: true, lastedMs })
          const delayMs = plan.next(failure(kind), policy, { ...terms, hasCredentials: false })
          plan.begin()
          plan.recovered()
          return delayMs
        })
        expect(delays.slice(0, 3).every((delayMs) => delayMs !== null && delayMs < 2_000)).toBe(true)
        expect(delays.slice(3)).toEqual(Array(5).fill(2_000))
      }
    },
  )

  test('never begins where the policy has no attempts', () => {
    const plan = planOf()
    plan.lost(proven)
    expect(plan.next(failure('abrupt'), { ...policy, maxAttempts: 0 }, terms)).toBeNull()
  })

  test('makes no attempt that would begin too late, and does not count it', () => {
    const plan = planOf()
    plan.lost(proven)
    const delays = [200, 199, 400].map((leftMs) => plan.next(failure('refused'), policy, { ...terms, leftMs }))
    expect([delays, plan.attempts]).toEqual([[100, null, 200], 2])
  })

  test('begins anew after a connection that proved itself', () => {
    const plan = planOf()
    for (let round = 0; round < 5; round += 1) {
      plan.lost(proven)
      const delays = (['abrupt', 'refused'] as const).map((kind) => plan.next(failure(kind), policy, terms))
      expect(delays).toEqual([0, 200])
      plan.recovered()
    }
  })

  test('waits longer each time a connection is let in and closed at once, until one lasts', () => {
    const plan = planOf()
    const generous = { ...policy, maxAttempts: 100 }
    const afterBrief = Array.from({ length: 5 }, () => {
      plan.lost(brief)
      const delayMs = plan.next(failure('closed-without-code'), generous, terms)
      plan.recovered()
      return delayMs
    })
    expect(afterBrief).toEqual([0, 200, 400, 800, 1_600])
    plan.lost(long)
    expect(plan.next(failure('abrupt'), generous, terms)).toBe(0)
  })

  test('counts attempts from one again after a close without a code, if the policy says so and the connection had worked', () => {
    const attempts = (resetOn1005: boolean, delivered: boolean): number[] => {
      const plan = planOf()
      return Array.from({ length: 3 }, () => {
        plan.lost({ delivered, lastedMs: 0 })
        plan.next(failure('closed-without-code'), { ...policy, resetOn1005 }, terms)
        return plan.attempts
      })
    }
    expect([attempts(true, true), attempts(false, true), attempts(true, false)]).toEqual([
      [1, 1, 1],
      [1, 2, 3],
      [1, 2, 3],
    ])
  })

  test('tries credentials until they were refused three times, whatever failed before, and forgets once they are accepted', () => {
    const plan = planOf()
    const generous = { ...policy, maxAttempts: 100 }
    plan.lost(proven)
    for (let index = 0; index < 10; index += 1) plan.next(failure('refused'), generous, terms)
    const refused = (): boolean[] => [1, 2, 3].map(() => plan.next(failure('authentication'), generous, terms) === null)
    expect(refused()).toEqual([false, false, true])
    plan.recovered()
    plan.lost(proven)
    expect(refused()).toEqual([false, false, true])
  })

  test('goes on for ever where somebody without credentials is refused', () => {
    const plan = planOf()
    plan.lost(proven)
    const delays = Array.from({ length: 20 }, () =>
      plan.next(failure('authentication'), policy, { ...terms, hasCredentials: false }),
    )
    expect(delays).not.toContain(null)
  })

  test.each(['signing', 'clock-skew'] as const)('goes on for ever after failures of the kind %s', (kind) => {
    const plan = planOf()
    plan.lost(proven)
    const delays = Array.from({ length: 20 }, () => plan.next(failure(kind), policy, terms))
    expect([delays.includes(null), plan.breaker]).toEqual([false, 'open'])
  })

  test('obeys a Retry-After that is longer than its own delay, breaker open or not', () => {
    const plan = planOf()
    const error = new StreamError('ERR_HANDSHAKE_REJECTED', 'Away.', { retryAfterMs: 120_000 })
    plan.lost(proven)
    const delays = Array.from({ length: 5 }, () =>
      plan.next({ kind: 'rejected', error }, policy, { ...terms, hasCredentials: false }),
    )
    expect([delays, plan.breaker]).toEqual([Array(5).fill(132_000), 'open'])
  })
})
