import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameOf, type InboundFrame } from '../model/inbound-frame.js'
import { FrameRing } from './frame-ring.js'

const window = (): InboundFrame => frameOf(Buffer.alloc(0))
const bytesOf = (frame: InboundFrame): Buffer => Buffer.from(frame.bytes.subarray(frame.start, frame.end))

describe('FrameRing', () => {
  test('gives frames back in order, whole, whatever mix of pushes and shifts came before', () => {
    const operation = fc.oneof(
      fc.record({
        push: fc.integer({ min: 0, max: 40_000 }),
        seed: fc.integer({ min: 0, max: 255 }),
        binary: fc.boolean(),
      }),
      fc.constant('shift' as const),
      fc.constant('shift' as const),
    )
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
        const ring = new FrameRing()
        const model: { bytes: Buffer; receivedAt: number; isBinary: boolean }[] = []
        let time = 0
        for (const step of operations) {
          if (step === 'shift') {
            const frame = window()
            const expected = model.shift()
            expect(ring.shiftInto(frame)).toBe(expected !== undefined)
            if (expected !== undefined) {
              expect(bytesOf(frame).equals(expected.bytes)).toBe(true)
              expect([frame.receivedAt, frame.isBinary]).toEqual([expected.receivedAt, expected.isBinary])
            }
          } else {
            const bytes = Buffer.alloc(step.push, step.seed)
            time += 1
            ring.push({
              bytes: Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('yy')]),
              start: 2,
              end: 2 + step.push,
              isBinary: step.binary,
              receivedAt: time,
            })
            model.push({ bytes, receivedAt: time, isBinary: step.binary })
          }
          expect(ring.length).toBe(model.length)
          expect(ring.byteLength).toBe(model.reduce((sum, { bytes }) => sum + bytes.length, 0))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('does not keep the memory of the frame it was given', () => {
    const ring = new FrameRing()
    const source = Buffer.from('hello')
    ring.push({ bytes: source, start: 0, end: 5, isBinary: false, receivedAt: 1 })
    source.fill(0)
    const frame = window()
    ring.shiftInto(frame)
    expect(bytesOf(frame).toString()).toBe('hello')
  })

  test('keeps its arena steady while frames come and go', () => {
    const ring = new FrameRing()
    const frame = window()
    for (let round = 0; round < 10_000; round += 1) {
      ring.push(frameOf(Buffer.alloc(997)))
      ring.push(frameOf(Buffer.alloc(311)))
      ring.shiftInto(frame)
      ring.shiftInto(frame)
    }
    expect(ring.arenaBytes).toBe(64 * 1024)
  })

  test('gives a large arena back once it is empty', () => {
    const ring = new FrameRing()
    ring.push(frameOf(Buffer.alloc(3_000_000)))
    expect(ring.arenaBytes).toBeGreaterThan(3_000_000)
    ring.shiftInto(window())
    expect(ring.arenaBytes).toBe(0)
  })
})
