import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { SendPacer } from './send-pacer.js'

describe('SendPacer', () => {
  test('never sends more than the rate in any second, keeps the order, and sends everything', () => {
    const burst = fc.record({ after: fc.nat({ max: 1_500 }), messages: fc.integer({ min: 1, max: 30 }) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(burst, { maxLength: 8 }), (perSecond, bursts) => {
        const clock = new ManualClock(0)
        const pacer = new SendPacer(perSecond, clock)
        const sent: { at: number; number: number }[] = []
        let number = 0
        for (const { after, messages } of bursts) {
          clock.advance(after)
          for (let index = 0; index < messages; index += 1) {
            const mine = number
            number += 1
            pacer.schedule(() => void sent.push({ at: clock.now(), number: mine }))
          }
        }
        while (pacer.waiting > 0) clock.advance(clock.nextTimerInMs ?? Number.NaN)
        expect(sent.map((message) => message.number)).toEqual(Array.from({ length: number }, (_, index) => index))
        for (const [index, { at }] of sent.entries()) {
          const tooMany = sent[index + perSecond]
          if (tooMany !== undefined) expect(tooMany.at - at).toBeGreaterThanOrEqual(1_000)
        }
        expect(clock.pendingTimers).toBe(0)
      }),
    )
  })

  test('sends at once what the rate allows', () => {
    const clock = new ManualClock(0)
    const pacer = new SendPacer(10, clock)
    const sent: number[] = []
    for (let index = 0; index < 10; index += 1) pacer.schedule(() => void sent.push(index))
    expect([sent.length, pacer.waiting]).toEqual([5, 5])
    clock.advance(1_000)
    expect(sent).toHaveLength(10)
  })

  test('holds nothing back where there is no limit', () => {
    const clock = new ManualClock(0)
    const pacer = new SendPacer(Number.POSITIVE_INFINITY, clock)
    const sent: number[] = []
    for (let index = 0; index < 1_000; index += 1) pacer.schedule(() => void sent.push(index))
    expect([sent.length, clock.pendingTimers]).toEqual([1_000, 0])
  })

  test('forgets what waits when cleared, and sends what comes later', () => {
    const clock = new ManualClock(0)
    const pacer = new SendPacer(2, clock)
    const sent: string[] = []
    for (const text of ['a', 'b', 'c']) pacer.schedule(() => void sent.push(text))
    pacer.clear()
    expect([pacer.waiting, clock.pendingTimers]).toEqual([0, 0])
    clock.advance(5_000)
    pacer.schedule(() => void sent.push('d'))
    expect(sent).toEqual(['a', 'd'])
  })

  test('forgets what is taken back, which uses up nothing of the rate, and lets what went out be', () => {
    const clock = new ManualClock(0)
    const pacer = new SendPacer(2, clock)
    const sent: string[] = []
    const turns = ['a', 'b', 'c'].map((text) => pacer.schedule(() => void sent.push(text)))
    turns[0]?.()
    turns[1]?.()
    clock.advance(1_000)
    expect([sent, pacer.waiting]).toEqual([['a', 'c'], 0])
    const last = pacer.schedule(() => void sent.push('d'))
    expect(clock.pendingTimers).toBe(1)
    last()
    last()
    expect([sent, pacer.waiting, clock.pendingTimers]).toEqual([['a', 'c'], 0, 0])
  })
})
