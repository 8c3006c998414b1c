import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameOf, type InboundFrame } from '../model/inbound-frame.js'
import { FrameRing } from './frame-ring.js'

const window = (): InboundFrame => frameOf(Buffer.alloc(0))
const bytesOf = (frame: InboundFrame): Buffer => Buffer.from(frame.bytes.subarray(frame.start, frame.end))

/** What a ring gives back until it is empty, as text. */
function drained(ring: FrameRing<unknown>): string[] {
  const frame = window()
  const texts: string[] = []
  while (ring.shiftInto(frame)) texts.push(bytesOf(frame).toString())
  return texts
}

/** A ring with one frame for each text, each noted by its text, and their tickets. */
function ringOf(...texts: string[]): { ring: FrameRing<string>; tickets: number[] } {
  const ring = new FrameRing<string>()
  return { ring, tickets: texts.map((text) => ring.push(frameOf(text), text)) }
}

interface Waiting {
  /** The ticket of the frame that was pushed, whatever took its place since. */
  readonly place: number
  readonly ticket: number
  readonly bytes: Buffer
  readonly receivedAt: number
  readonly isBinary: boolean
  readonly note: object
}

const content = {
  size: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 40_000 })),
  seed: fc.integer({ min: 0, max: 255 }),
  binary: fc.boolean(),
}
const steps = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: fc.record({ do: fc.constant('push' as const), ...content }) },
    { weight: 20, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
    // Any that was ever pushed: many of those are gone.
    { weight: 15, arbitrary: fc.record({ do: fc.constant('replace any' as const), pick: fc.nat(), ...content }) },
    { weight: 30, arbitrary: fc.record({ do: fc.constant('replace waiting' as const), pick: fc.nat(), ...content }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
  ),
  { maxLength: 400 },
)

describe('FrameRing', () => {
  test('gives frames back whole, with note and ticket, each in the place of the one it replaced, whatever came before', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const ring = new FrameRing<object>()
        const model: Waiting[] = []
        const places: number[] = []
        let time = 0
        for (const step of all) {
          if (step.do === 'clear') {
            ring.clear()
            model.length = 0
          } else if (step.do === 'shift') {
            const frame = window()
            const expected = model.shift()
            expect(ring.shiftInto(frame)).toBe(expected !== undefined)
            if (expected !== undefined) {
              expect(bytesOf(frame).equals(expected.bytes)).toBe(true)
              expect([frame.receivedAt, frame.isBinary]).toEqual([expected.receivedAt, expected.isBinary])
              expect(ring.takenTicket).toBe(expected.ticket)
              expect(ring.takenNote).toBe(expected.note)
            }
          } else {
            const bytes = Buffer.alloc(step.size, step.seed)
            const note = {}
            time += 1
            const frame = {
              bytes: Buffer.concat([Buffer.from('xx'), bytes, Buffer.from('yy')]),
              start: 2,
              end: 2 + step.size,
              isBinary: step.binary,
              receivedAt: time,
            }
            const waiting = { bytes, receivedAt: time, isBinary: step.binary, note }
            const before = ring.lastTicket
            if (step.do === 'push') {
              const ticket = ring.push(frame, note)
              expect([ticket, ticket > before]).toEqual([ring.lastTicket, true])
              model.push({ place: ticket, ticket, ...waiting })
              places.push(ticket)
            } else {
              const place =
                step.do === 'replace any'
                  ? (places[step.pick % Math.max(1, places.length)] ?? 7)
                  : (model[step.pick % Math.max(1, model.length)]?.place ?? 7)
              const index = model.findIndex((each) => each.place === place)
              expect(ring.replace(place, frame, note)).toBe(index !== -1)
              expect(ring.lastTicket > before).toBe(index !== -1)
              if (index !== -1) model[index] = { place, ticket: ring.lastTicket, ...waiting }
            }
          }
          expect(ring.length).toBe(model.length)
          expect(ring.byteLength).toBe(model.reduce((sum, { bytes }) => sum + bytes.length, 0))
        }
      }),
      { numRuns: 100 },
    )
  })

  test('does not keep the memory of the frame it was given', () => {
    const ring = new FrameRing<null>()
    const source = Buffer.from('hello')
    ring.push({ bytes: source, start: 0, end: 5, isBinary: false, receivedAt: 1 }, null)
    source.fill(0)
    expect(drained(ring)).toEqual(['hello'])
  })

  test('gives each frame a ticket of its own, also after it was emptied', () => {
    const { ring, tickets } = ringOf('a', 'b')
    ring.clear()
    const later = ring.push(frameOf('c'), 'c')
    expect(new Set([...tickets, later]).size).toBe(3)
    expect(ring.replace(tickets[0] as number, frameOf('d'), 'd')).toBe(false)
    expect([later, ring.length]).toEqual([ring.lastTicket, 1])
  })

  test('keeps the note of the frame taken last, while others come', () => {
    const { ring } = ringOf('a', 'b')
    ring.shiftInto(window())
    ring.push(frameOf('c'), 'c')
    expect([ring.takenNote, ring.takenTicket]).toEqual(['a', 1])
  })

  test('serves what replaced a frame in its place, however often that happened, and nothing of the frame', () => {
    const { ring, tickets } = ringOf('a', 'b', 'c')
    const [a, b] = tickets as [number, number]
    for (const text of ['b2', 'b3', 'b4']) expect(ring.replace(b, frameOf(text), text)).toBe(true)
    ring.push(frameOf('d'), 'd')
    expect(ring.replace(a, frameOf('a2'), 'a2')).toBe(true)
    expect([ring.length, ring.byteLength]).toEqual([4, 6])
    expect(drained(ring)).toEqual(['a2', 'b4', 'c', 'd'])
    expect([ring.length, ring.byteLength]).toEqual([0, 0])
  })

  test('knows the ticket and the note of what it served, and not of the place', () => {
    const { ring, tickets } = ringOf('a', 'b')
    ring.replace(tickets[0] as number, frameOf('a2'), 'note of a2')
    const newest = ring.lastTicket
    ring.shiftInto(window())
    expect([ring.takenTicket, ring.takenNote]).toEqual([newest, 'note of a2'])
  })

  test('replaces nothing that was taken', () => {
    const { ring, tickets } = ringOf('a', 'b')
    const [a] = tickets as [number]
    ring.replace(a, frameOf('a2'), 'a2')
    ring.shiftInto(window())
    expect(ring.replace(a, frameOf('a3'), 'a3')).toBe(false)
    expect(drained(ring)).toEqual(['b'])
  })

  test('keeps its arena steady while frames come and go', () => {
    const ring = new FrameRing<null>()
    const frame = window()
    for (let round = 0; round < 10_000; round += 1) {
      ring.push(frameOf(Buffer.alloc(997)), null)
      ring.push(frameOf(Buffer.alloc(311)), null)
      ring.shiftInto(frame)
      ring.shiftInto(frame)
    }
    expect(ring.arenaBytes).toBe(64 * 1024)
  })

  test('keeps its arena steady while one frame is replaced again and again, at the head and behind it', () => {
    for (const place of [0, 1]) {
      const { ring, tickets } = ringOf('head', 'second', 'third')
      for (let round = 0; round < 100_000; round += 1) {
        const text = `frame ${round} ${'x'.repeat(200 + (round % 7))}`
        ring.replace(tickets[place] as number, frameOf(text), 'newest')
      }
      expect([ring.length, ring.arenaBytes]).toEqual([3, 64 * 1024])
      expect(drained(ring)[place]?.slice(0, 11)).toBe('frame 99999')
    }
  })

  test('does so also where a thousand others wait, and one of many is replaced each time', () => {
    const { ring } = ringOf(...Array.from({ length: 1_000 }, (_, index) => `waits ${index}`))
    const places = Array.from({ length: 50 }, (_, stream) => ring.push(frameOf(`0 of ${stream}`), 'newest'))
    for (let round = 1; round <= 20_000; round += 1) {
      const stream = (round * 7) % 50
      ring.replace(places[stream] as number, frameOf(`${round} of ${stream}`), 'newest')
    }
    expect([ring.length, ring.arenaBytes]).toEqual([1_050, 64 * 1024])
    const texts = drained(ring)
    expect(texts.slice(0, 1_000)).toEqual(Array.from({ length: 1_000 }, (_, index) => `waits ${index}`))
    const rounds = Array.from({ length: 50 }, (_, index) => 19_951 + index)
    expect(texts.slice(1_000)).toEqual(
      places.map((_, stream) => `${rounds.find((round) => (round * 7) % 50 === stream)} of ${stream}`),
    )
  })

  test('gives a large arena back once it is empty, what was replaced included', () => {
    const ring = new FrameRing<null>()
    ring.push(frameOf(Buffer.alloc(3_000_000)), null)
    expect(ring.arenaBytes).toBeGreaterThan(3_000_000)
    ring.shiftInto(window())
    expect(ring.arenaBytes).toBe(0)
    const place = ring.push(frameOf(Buffer.alloc(3_000_000)), null)
    ring.replace(place, frameOf(Buffer.alloc(10)), null)
    ring.shiftInto(window())
    expect([ring.arenaBytes, ring.length]).toEqual([0, 0])
  })
})
