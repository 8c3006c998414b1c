import { channels, parseInstrument } from '@tapewire/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyMessages, streamOf } from '../../test/support/any-message.js'
import { anyAlert, anyAnswer, anyBeat, anyGap, anyState } from '../../test/support/any-record.js'
import { type FrameHeader, type FrameKind, frameFault, readHeader } from './frame-header.js'
import { type FrameOrigin, FrameWriter } from './frame-writer.js'
import { readAlerts, readAnswer, readBeat, readGaps, readMessages, readReceivedAt, readStates } from './read-frame.js'

// Used for all frames: what one leaves behind in the buffer must not show in the next.
const writer = new FrameWriter()

const origin: fc.Arbitrary<Required<FrameOrigin>> = fc.record({
  relay: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  epoch: fc.oneof(fc.nat(), fc.constant(1_767_225_600_353)),
  sequence: fc.maxSafeInteger().map(Math.abs),
  flags: fc.constantFrom(0, 1, 2, 3, 4, 5),
})

function compose(kind: FrameKind, from: FrameOrigin, add: () => void): { bytes: Uint8Array; header: FrameHeader } {
  writer.begin(kind, from)
  add()
  const { size } = writer
  const bytes = writer.finish(1_767_225_600_400.5)
  expect(bytes.length).toBe(size)
  const header = readHeader(bytes)
  if (header === null) throw new Error('no header')
  return { bytes, header }
}

describe('what is written is read back exactly', () => {
  test.each(channels)('messages of %s', (channel) => {
    const stream = streamOf(channel)
    fc.assert(
      fc.property(anyMessages(stream), origin, (messages, from) => {
        const { bytes, header } = compose('data', from, () => {
          for (const message of messages) writer.addMessage(message)
        })
        expect(header).toEqual({ kind: 'data', count: messages.length, channel, sentAt: 1_767_225_600_400.5, ...from })
        const context = { stream, instrumentOf: parseInstrument }
        expect(readMessages(bytes, header, { ...context, receivedAt: null })).toStrictEqual(messages)
        expect(readReceivedAt(bytes, header)).toBe(messages[0]?.receivedAt)
        const ours = messages.map((message) => ({ ...message, receivedAt: 5 }))
        expect(readMessages(bytes, header, { ...context, receivedAt: 5 })).toStrictEqual(ours)
      }),
    )
  })

  test('states', () => {
    fc.assert(
      fc.property(fc.array(anyState, { minLength: 1, maxLength: 3 }), origin, (states, from) => {
        const { bytes, header } = compose('state', from, () => {
          for (const state of states) writer.addState(state)
        })
        expect(header).toMatchObject({ kind: 'state', count: states.length, channel: null })
        expect(readStates(bytes, header)).toStrictEqual(states)
      }),
    )
  })

  test('gaps', () => {
    fc.assert(
      fc.property(fc.array(anyGap, { minLength: 1, maxLength: 3 }), origin, (gaps, from) => {
        const { bytes, header } = compose('gap', from, () => {
          for (const gap of gaps) writer.addGap(gap)
        })
        expect(readGaps(bytes, header)).toStrictEqual(gaps)
      }),
    )
  })

  test('alerts, with what the subject of their stream is made of', () => {
    fc.assert(
      fc.property(fc.array(anyAlert, { minLength: 1, maxLength: 3 }), origin, (alerts, from) => {
        const { bytes, header } = compose('alert', from, () => {
          for (const alert of alerts) writer.addAlert(alert)
        })
        const read = alerts.map(({ stream, ...alert }) => ({
          ...alert,
          stream: stream && {
            channel: stream.channel,
            symbol: stream.instrument?.name ?? null,
            interval: stream.params.interval ?? null,
          },
        }))
        expect(readAlerts(bytes, header)).toStrictEqual(read)
      }),
    )
  })

  test('beats and answers', () => {
    fc.assert(
      fc.property(anyBeat, anyAnswer, origin, (beat, answer, from) => {
        const first = compose('beat', from, () => writer.addBeat(beat))
        expect(readBeat(first.bytes, first.header)).toStrictEqual(beat)
        const second = compose('answer', from, () => writer.addAnswer(answer))
        expect(readAnswer(second.bytes, second.header)).toStrictEqual(answer)
      }),
    )
  })
})

const streams = channels.map(streamOf)

/** Any frame of a kind, whole. */
const anyFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  ...streams.map((stream) =>
    anyMessages(stream).map((messages) => {
      writer.begin('data', { relay: 1, epoch: 1, sequence: 1 })
      for (const message of messages) writer.addMessage(message)
      return writer.finish(1)
    }),
  ),
  fc.tuple(anyState, anyGap, anyAlert, fc.constantFrom('state', 'gap', 'alert')).map(([state, gap, alert, kind]) => {
    writer.begin(kind, { relay: 1, epoch: 1, sequence: 1 })
    if (kind === 'state') writer.addState(state)
    else if (kind === 'gap') writer.addGap(gap)
    else writer.addAlert(alert)
    return writer.finish(1)
  }),
  fc.tuple(anyBeat, anyAnswer, fc.boolean()).map(([beat, answer, isBeat]) => {
    writer.begin(isBeat ? 'beat' : 'answer', { relay: 1, epoch: 1, sequence: 1 })
    if (isBeat) writer.addBeat(beat)
    else writer.addAnswer(answer)
    return writer.finish(1)
  }),
)

/** Reads a frame as everything that it could be; what comes of it, which is null where it could not be read. */
function readAnyhow(bytes: Uint8Array): unknown {
  const header = readHeader(bytes)
  expect(header === null).toBe(frameFault(bytes) !== null)
  if (header === null) return null
  readReceivedAt(bytes, header)
  const all = [
    ...streams.map((stream) => readMessages(bytes, header, { stream, instrumentOf: parseInstrument, receivedAt: 1 })),
    readStates(bytes, header),
    readGaps(bytes, header),
    readAlerts(bytes, header),
    readBeat(bytes, header),
    readAnswer(bytes, header),
  ].filter((read) => read !== null)
  expect(all.length).toBeLessThan(2)
  return all[0] ?? null
}

/** How much there is of a value, wherever it is: each number, text and object counts as one, and each letter. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 1 + value.length
  if (typeof value !== 'object' || value === null || 'wireChannel' in value || 'base' in value) return 1
  return Object.values(value).reduce((sum: number, inner) => sum + sizeOf(inner), 1)
}

describe('what is no frame, or was damaged, is null', () => {
  test('of every frame that ends too early, wherever it ends, and of every one with something behind it', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), (frame, at) => {
        expect(readAnyhow(frame)).not.toBeNull()
        expect(readAnyhow(frame.subarray(0, at % frame.length))).toBeNull()
        expect(readAnyhow(Uint8Array.of(...frame, 0))).toBeNull()
      }),
      { numRuns: 200 },
    )
  })

  test('or read as something of no more than its size, and never thrown, for bytes that were changed', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 0x7f, 0x80, 0xff)) })
    fc.assert(
      fc.property(anyFrame, fc.array(change, { minLength: 1, maxLength: 4 }), (frame, changes) => {
        for (const { at, byte } of changes) frame[at % frame.length] = byte
        expect(sizeOf(readAnyhow(frame))).toBeLessThan(20 * frame.length)
      }),
      { numRuns: 500 },
    )
  })

  test('and never thrown for any bytes behind a header that is true', () => {
    const bytes = fc.uint8Array({ minLength: 41, maxLength: 300 })
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 6 }), fc.nat(8), fc.nat(2), fc.nat(100), (random, kind, ...rest) => {
        const [channel, count, textBytes] = rest
        random.set([0x54, 0x57, 1, kind, 0, kind === 1 ? channel : 0, count, 0])
        random.fill(0, 12, 40)
        random[36] = textBytes
        expect(sizeOf(readAnyhow(random))).toBeLessThan(20 * random.length)
      }),
      { numRuns: 1000 },
    )
  })

  test('of bytes that nobody of ours wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        if (bytes[0] !== 0x54) expect(readAnyhow(bytes)).toBeNull()
        else readAnyhow(bytes)
      }),
    )
  })
})
