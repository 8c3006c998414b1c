import { describe, expect, test } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { ReconnectionPolicy } from '../strategy/connection-strategy.js'
import { RetryPlan } from './retry-plan.js'

const policy: ReconnectionPolicy = {
  maxAttempts: 3,
  initialDelayMs: 100,
  backoffFactor: 2,
  maxDelayMs: 10_000,
  resetOn1005: true,
}

const failure = (kind: FailureKind) => ({ kind, error: new StreamError('ERR_CONNECTION_CLOSED', kind) })
/** A plan whose delays are the ceilings. */
const planOf = (): RetryPlan => new RetryPlan(() => 1)
const long = { delivered: true, lastedMs: 60_000 }
const brief = { delivered: true, lastedMs: 10 }

describe('RetryPlan', () => {
  test('goes on as often as the policy allows, and no further', () => {
    const plan = planOf()
    plan.lost(long)
    const delays = (['abrupt', 'refused', 'refused', 'refused'] as const).map((kind) =>
      plan.next(failure(kind), policy),
    )
    expect([delays, plan.attempts]).toEqual([[0, 200, 400, null], 3])
  })

  test('never begins where the policy has no attempts', () => {
    const plan = planOf()
    plan.lost(long)
    expect(plan.next(failure('abrupt'), { ...policy, maxAttempts: 0 })).toBeNull()
  })

  test('begins anew after a recovery', () => {
    const plan = planOf()
    for (let round = 0; round < 5; round += 1) {
      plan.lost(long)
      expect([plan.next(failure('abrupt'), policy), plan.next(failure('refused'), policy)]).toEqual([0, 200])
      plan.recovered()
    }
  })

  test('waits longer each time a connection is let in and closed at once, until one lasts', () => {
    const plan = planOf()
    const afterBrief = Array.from({ length: 5 }, () => {
      plan.lost(brief)
      const delayMs = plan.next(failure('closed-without-code'), policy)
      plan.recovered()
      return delayMs
    })
    expect(afterBrief).toEqual([0, 200, 400, 800, 1_600])
    plan.lost(long)
    expect(plan.next(failure('abrupt'), policy)).toBe(0)
  })

  test('counts closes without a code for nothing, if the policy says so and the connection had worked', () => {
    const attempts = (resetOn1005: boolean, delivered: boolean): (number | null)[] => {
      const plan = planOf()
      return Array.from({ length: 5 }, () => {
        plan.lost({ delivered, lastedMs: 0 })
        return plan.next(failure('closed-without-code'), { ...policy, resetOn1005 })
      })
    }
    expect(attempts(true, true)).not.toContain(null)
    expect(attempts(false, true).indexOf(null)).toBe(3)
    expect(attempts(true, false).indexOf(null)).toBe(3)
  })

  test('tries credentials until they were refused three times, whatever failed before, and forgets once they are accepted', () => {
    const plan = planOf()
    const generous = { ...policy, maxAttempts: 100 }
    plan.lost(long)
    for (let index = 0; index < 10; index += 1) plan.next(failure('refused'), generous)
    const refused = (): boolean[] => [1, 2, 3].map(() => plan.next(failure('authentication'), generous) === null)
    expect(refused()).toEqual([false, false, true])
    plan.recovered()
    plan.lost(long)
    expect(refused()).toEqual([false, false, true])
  })

  test('waits as long as the exchange asked, wherever the error says so, and the usual time on top', () => {
    const limited = new StreamError('ERR_RATE_LIMITED', 'too fast', { retryAfterMs: 90_000 })
    const wrapped = new StreamError('ERR_REST_FAILED', 'no key', { cause: limited })
    for (const [kind, error] of [
      ['rate-limited', limited],
      ['abrupt', wrapped],
    ] as const) {
      const least = new RetryPlan(() => 0)
      least.lost(long)
      expect(least.next({ kind, error }, policy)).toBe(90_000)
      const most = planOf()
      most.lost(long)
      expect([most.next({ kind, error }, policy), most.next({ kind, error }, policy)]).toEqual([90_100, 90_200])
    }
  })
})
