import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordRing } from './record-ring.js'

interface Pushed {
  readonly time: number
  readonly source: number
  readonly flags: number
  readonly bytes: Buffer
}

const record: fc.Arbitrary<Pushed> = fc.record({
  time: fc.double({ min: 0, max: 4e12, noNaN: true }),
  source: fc.nat(0xff_ffff),
  flags: fc.nat(255),
  bytes: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
})

function push(ring: RecordRing, { time, source, flags, bytes }: Pushed): boolean {
  // As a frame lies in its chunk, with others around it.
  const chunk = Buffer.concat([Buffer.alloc(3, 1), bytes, Buffer.alloc(2, 1)])
  return ring.push(time, source, flags, chunk, 3, 3 + bytes.length)
}

describe('a ring of records', () => {
  test('holds the newest in their order, whole, and never more than fits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 64, max: 300 }), fc.array(record, { maxLength: 60 }), (capacity, records) => {
        const ring = new RecordRing(capacity)
        for (const [index, one] of records.entries()) {
          expect(push(ring, one)).toBe(16 + Math.ceil(one.bytes.length / 8) * 8 <= ring.capacity)
          const held = [...ring.copy()]
          expect(held).toHaveLength(ring.length)
          expect(ring.oldestTime).toBe(held[0]?.time ?? null)
          const fitting = records.slice(0, index + 1).filter(({ bytes }) => 16 + bytes.length <= ring.capacity)
          expect(held).toEqual(fitting.slice(fitting.length - held.length))
          const lost = fitting.slice(0, fitting.length - held.length)
          expect(ring.lostUntil).toBe(lost.at(-1)?.time ?? null)
        }
      }),
    )
  })

  test('uses its memory: at least half of it, however long the records are', () => {
    const ring = new RecordRing(1_024)
    for (let index = 0; index < 100; index += 1) {
      push(ring, { time: index, source: 0, flags: 0, bytes: Buffer.alloc(300, index) })
    }
    expect(ring.length).toBe(3)
    for (let index = 0; index < 100; index += 1) {
      push(ring, { time: index, source: 0, flags: 0, bytes: Buffer.alloc(8, index) })
    }
    expect(ring.length).toBeGreaterThan(40)
  })

  test('gives a copy that stays as it was', () => {
    const ring = new RecordRing(200)
    push(ring, { time: 1, source: 2, flags: 3, bytes: Buffer.from('first') })
    const copy = ring.copy()
    for (let time = 2; time < 50; time += 1) push(ring, { time, source: 0, flags: 0, bytes: Buffer.from('later') })
    expect([...copy]).toEqual([{ time: 1, source: 2, flags: 3, bytes: Buffer.from('first') }])
  })
})
