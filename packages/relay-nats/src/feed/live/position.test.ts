import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FrameHeader, frameFlags } from '../../encoding/frame-header.js'
import { Position } from './position.js'

const header = (sequence: number, count: number, parts: Partial<FrameHeader> = {}): FrameHeader => ({
  kind: 'data',
  flags: 0,
  channel: 'trades',
  relay: 7,
  epoch: 5,
  sentAt: 0,
  sequence,
  count,
  ...parts,
})

describe('how far a consumer has come', () => {
  test('lets every record through once, and knows of each that did not come, whatever is lost or repeated', () => {
    const frames = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 9 })))
    fc.assert(
      fc.property(frames, (given) => {
        const position = new Position({ relay: 7, epoch: 5, sequence: 0 })
        const told: number[] = []
        let isHole = false
        for (const [before, count] of given) {
          const verdict = position.take(header(before + 1, count))
          if (verdict.kind === 'old') continue
          const records = Array.from({ length: count }, (_, index) => before + 1 + index).slice(verdict.skip)
          isHole = records[0] !== (told.at(-1) ?? 0) + 1
          expect(verdict.fault !== null).toBe(isHole)
          told.push(...records)
        }
        expect(told).toEqual([...new Set(told)].sort((one, other) => one - other))
        expect(position.missing).toBe((told.at(-1) ?? 0) - told.length)
      }),
    )
  })

  test('ignores whoever owned the stream before, and of two with one epoch the one with the smaller id', () => {
    const position = new Position({ relay: 7, epoch: 5, sequence: 10 })
    expect(position.take(header(11, 1, { epoch: 4 }))).toEqual({ kind: 'old', isForeign: true })
    expect(position.take(header(11, 1, { relay: 6 }))).toEqual({ kind: 'old', isForeign: true })
    expect(position.take(header(11, 1))).toMatchObject({ kind: 'news', fault: null })
  })

  test('follows a new owner: with a gap, unless that one took over in order and this is its first record', () => {
    const next = (sequence: number, flags: number): unknown =>
      new Position({ relay: 7, epoch: 5, sequence: 10 }).take(header(sequence, 1, { relay: 3, epoch: 6, flags }))
    expect(next(1, frameFlags.continues)).toMatchObject({ fault: null, isNewOwner: true })
    expect(next(2, frameFlags.continues)).toMatchObject({ fault: expect.any(String), isNewOwner: true })
    expect(next(1, 0)).toMatchObject({ fault: expect.any(String), isNewOwner: true })
  })
})
