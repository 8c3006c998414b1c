import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Backlog } from './backlog.js'

const kept = (records: number, bytes: number): { subject: string; frame: Uint8Array; records: number } => ({
  subject: 's',
  frame: new Uint8Array(bytes),
  records,
})

const additions = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 })))

describe('what waits for NATS to come back, or to say that it has it', () => {
  test.each(['newest', 'oldest'] as const)(
    'is within its bound, in order, and what is not kept is counted: %s',
    (keep) => {
      fc.assert(
        fc.property(additions, fc.nat(100), (frames, maxBytes) => {
          let dropped = 0
          const backlog = new Backlog({ maxBytes, keep }, (records) => {
            dropped += records
          })
          const all = frames.map(([records, bytes]) => kept(records, bytes))
          for (const one of all) {
            backlog.add(one)
            expect(backlog.bytes).toBeLessThanOrEqual(maxBytes)
          }
          const waiting = backlog.take()
          expect(waiting).toEqual(all.filter((one) => waiting.includes(one)))
          const sum = (some: readonly { records: number }[]): number =>
            some.reduce((total, { records }) => total + records, 0)
          expect(sum(waiting) + dropped).toBe(sum(all))
          expect([backlog.bytes, backlog.take()]).toEqual([0, []])
        }),
      )
    },
  )

  test('is what NATS has not said that it has', () => {
    fc.assert(
      fc.property(additions, fc.nat(30), fc.nat(60), (frames, confirmed, maxBytes) => {
        const dropped: number[] = []
        const backlog = new Backlog({ maxBytes }, (_, number) => dropped.push(number))
        const all = frames.map(([records, bytes]) => kept(records, bytes))
        const numbers = all.map((one) => backlog.add(one))
        expect(numbers).toEqual(all.map((_, index) => index + 1))
        backlog.forget(confirmed)
        const expected = all.filter((_, index) => index + 1 > confirmed && !dropped.includes(index + 1))
        expect(backlog.bytes).toBe(expected.reduce((sum, { frame }) => sum + frame.length, 0))
        expect(backlog.take()).toEqual(expected)
      }),
    )
  })

  test('is the last of it, or the first, as was asked for', () => {
    const frames = [1, 2, 3].map((records) => kept(records, 10))
    const take = (keep: 'newest' | 'oldest'): readonly number[] => {
      const backlog = new Backlog({ maxBytes: 20, keep }, () => {})
      for (const frame of frames) backlog.add(frame)
      return backlog.take().map(({ records }) => records)
    }
    expect([take('newest'), take('oldest')]).toEqual([
      [2, 3],
      [1, 2],
    ])
  })
})
