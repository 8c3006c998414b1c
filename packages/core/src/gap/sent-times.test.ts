import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SentTimes } from './sent-times.js'

const start = 1_000_000_000

describe('a message was sent', () => {
  test('at its time, where that is before it came', () => {
    expect(new SentTimes().sentAt(start, start + 4_500)).toBe(start)
  })

  test('when it came, where it has no time', () => {
    expect(new SentTimes().sentAt(null, start)).toBe(start)
  })

  test('when it came, where it came before its time', () => {
    expect(new SentTimes().sentAt(start + 300, start)).toBe(start)
  })

  test('earlier than its time, by as much as any came before its own: the exchange’s clock is ahead', () => {
    const times = new SentTimes()
    times.note(start + 2_000, start)
    expect(times.sentAt(start + 10_000, start + 9_500)).toBe(start + 8_000)
  })

  test('at a time that is no time of ours: taken for none', () => {
    const times = new SentTimes()
    times.note(start + 90_000, start)
    expect(times.sentAt(start + 90_000, start)).toBe(start)
    expect(times.sentAt(start, start + 500)).toBe(start)
  })

  test('an hour before it came at the earliest', () => {
    expect(new SentTimes().sentAt(0, start)).toBe(start - 3_600_000)
  })

  test('never later than it was, whatever the clocks say, once one has come without delay', () => {
    const message = fc.record({ sentMs: fc.nat(600_000), delayMs: fc.nat(60_000) })
    fc.assert(
      fc.property(
        fc.integer({ min: -60_000, max: 60_000 }),
        fc.array(message, { minLength: 1 }),
        (aheadMs, messages) => {
          const times = new SentTimes()
          times.note(start + aheadMs, start)
          for (const { sentMs, delayMs } of messages) {
            const sentAt = times.sentAt(start + sentMs + aheadMs, start + sentMs + delayMs)
            expect(sentAt).toBeLessThanOrEqual(start + sentMs)
          }
        },
      ),
    )
  })
})
