import { describe, expect, test } from 'vitest'
import { ManualClock } from './manual-clock.js'
import { within } from './within.js'

const late = new Error('too late')

function build(timeoutMs = 100) {
  const clock = new ManualClock()
  const life = new AbortController()
  return { clock, life, limits: { clock, signal: life.signal, timeoutMs, timeoutError: () => late } }
}

/** An attempt that only its signal ends. */
const endless = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

describe('within', () => {
  test('gives what the attempt gives, and leaves no timer', async () => {
    const { clock, limits } = build()
    expect(await within(limits, async () => 7)).toBe(7)
    await expect(within(limits, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(clock.pendingTimers).toBe(0)
  })

  test('ends the attempt when the time is over', async () => {
    const { clock, limits } = build()
    const attempt = within(limits, endless)
    clock.advance(99)
    expect(clock.pendingTimers).toBe(1)
    clock.advance(1)
    await expect(attempt).rejects.toBe(late)
  })

  test('ends it when it is not wanted any more, and does not begin what is not wanted', async () => {
    const { clock, life, limits } = build()
    const reason = new Error('closed')
    const attempt = within(limits, endless)
    life.abort(reason)
    await expect(attempt).rejects.toBe(reason)
    await expect(within(limits, () => Promise.reject(new Error('begun')))).rejects.toBe(reason)
    expect(clock.pendingTimers).toBe(0)
  })
})
