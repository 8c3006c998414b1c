import { describe, expect, test } from 'vitest'
import { ManualClock } from './manual-clock.js'
import { sleep } from './sleep.js'

describe('sleep', () => {
  test('ends when its time has come', async () => {
    const clock = new ManualClock()
    const slept = sleep(clock, 500)
    clock.advance(500)
    await expect(slept).resolves.toBeUndefined()
  })

  test('rejects with the signal’s reason and leaves no timer', async () => {
    const clock = new ManualClock()
    const life = new AbortController()
    const slept = sleep(clock, 500, life.signal)
    const reason = new Error('enough')
    life.abort(reason)
    await expect(slept).rejects.toBe(reason)
    expect(clock.pendingTimers).toBe(0)
  })

  test('does not begin where the signal is aborted already', async () => {
    const clock = new ManualClock()
    await expect(sleep(clock, 500, AbortSignal.abort('gone'))).rejects.toBe('gone')
    expect(clock.pendingTimers).toBe(0)
  })
})
