import { describe, expect, test } from 'vitest'
import { closePayload, type FrameForm, serverFrame } from '../../../test/support/server-frame.js'
import { dribble, type Said, WalkRecord } from '../../../test/support/walk-record.js'
import { opcodes } from './protocol.js'

const { continuation, text, binary, close, ping, pong } = opcodes
const first: FrameForm = { isFinal: false }

describe('what it delivers', () => {
  test('gives a text message as a window on the chunk itself', () => {
    const record = new WalkRecord()
    const chunk = serverFrame(text, 'hello')
    record.walker.receive(chunk, chunk.length, 0)
    expect(record.said).toEqual([{ text: 'hello' }])
    expect(record.latestBytes).toBe(chunk)
    expect(record.latest).toMatchObject({ start: 2, end: 7 })
  })

  test('gives every message in the same object, with the time its chunk was read', () => {
    const record = new WalkRecord()
    const times: number[] = []
    record.onMessage = () => times.push(record.latest?.receivedAt ?? -1)
    const [one, two] = [serverFrame(text, 'a'), Buffer.concat([serverFrame(text, 'b'), serverFrame(text, 'c')])]
    record.walker.receive(one, one.length, 1.5)
    const { latest } = record
    record.walker.receive(two, two.length, 2.5)
    expect(times).toEqual([1.5, 2.5, 2.5])
    expect(record.latest).toBe(latest)
  })

  test.each([0, 1, 125, 126, 127, 200, 65_535, 65_536, 200 * 1024])(
    'reads a binary message of %i bytes, whole, dribbled and cut in two',
    (length) => {
      const payload = Buffer.alloc(length, 'binary payload')
      const bytes = serverFrame(binary, payload)
      const expected = [{ binary: payload.toString('hex') }]
      expect(new WalkRecord().after(bytes)).toEqual(expected)
      for (const cut of [1, 2, 3, 4, 9, 10, bytes.length - 1]) {
        expect(new WalkRecord().after(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(expected)
      }
      if (length <= 200) expect(new WalkRecord().after(...dribble(bytes))).toEqual(expected)
    },
  )

  test.each([16, 64] as const)('reads a short message whose length is written in %i bits', (lengthBits) => {
    expect(new WalkRecord().after(serverFrame(text, 'short', { lengthBits }))).toEqual([{ text: 'short' }])
  })

  test('leaves the UTF-8 of a text message to whoever reads it', () => {
    expect(new WalkRecord().after(serverFrame(text, Buffer.from([0xf8])))).toEqual([{ text: '\xf8' }])
  })

  test('reads thousands of frames from one chunk', () => {
    const record = new WalkRecord()
    record.after(Buffer.concat(Array.from({ length: 20_000 }, () => serverFrame(text))))
    expect(record.said).toHaveLength(20_000)
  })

  test('copies a frame that straddles two chunks, and no other', () => {
    const record = new WalkRecord()
    const stream = Buffer.concat(['one', 'two', 'three'].map((word) => serverFrame(text, word)))
    const sources: (Buffer | null)[] = []
    record.onMessage = () => sources.push(record.latestBytes)
    const [head, tail] = [stream.subarray(0, 8), stream.subarray(8)]
    for (const chunk of [head, tail]) record.walker.receive(chunk, chunk.length, 0)
    expect(record.said).toEqual([{ text: 'one' }, { text: 'two' }, { text: 'three' }])
    expect(sources[0]).toBe(head)
    expect(sources[1]).not.toBe(head)
    expect(sources[1]).not.toBe(tail)
    expect(sources[2]).toBe(tail)
  })
})

describe('messages in fragments', () => {
  const lengths = [7321, 137, 285_787, 3]
  const parts = lengths.map((length, index) => Buffer.alloc(length, `part ${index}`))
  const frames = parts.map((part, index) =>
    serverFrame(index === 0 ? binary : continuation, part, { isFinal: index === parts.length - 1 }),
  )
  const whole: Said[] = [{ binary: Buffer.concat(parts).toString('hex') }]

  test('joins fragments of any size', () => {
    expect(new WalkRecord().after(...frames)).toEqual(whole)
    expect(new WalkRecord().after(Buffer.concat(frames))).toEqual(whole)
  })

  test('answers control frames between fragments, and joins the message all the same', () => {
    const record = new WalkRecord()
    const bytes = Buffer.concat([
      serverFrame(text, 'left ', first),
      serverFrame(ping, 'there?'),
      serverFrame(continuation, 'and ', first),
      serverFrame(pong),
      serverFrame(continuation, 'right'),
    ])
    const expected = [{ ping: 'there?' }, 'pong', { text: 'left and right' }]
    expect(record.after(bytes)).toEqual(expected)
    expect(new WalkRecord().after(...dribble(bytes))).toEqual(expected)
  })

  test('takes empty fragments for what they are', () => {
    const record = new WalkRecord()
    record.after(serverFrame(text, '', first), serverFrame(continuation, 'x', first), serverFrame(continuation))
    record.after(serverFrame(binary, '', first), serverFrame(continuation))
    expect(record.said).toEqual([{ text: 'x' }, { binary: '' }])
  })

  test('begins the next message afresh', () => {
    const record = new WalkRecord({ maxPayloadBytes: 10, maxFragments: 2 })
    for (let round = 0; round < 5; round += 1) {
      record.after(serverFrame(text, '12345', first), serverFrame(continuation, '67890'))
    }
    expect(record.said).toEqual(Array.from({ length: 5 }, () => ({ text: '1234567890' })))
  })

  test('reports a close frame between fragments, and drops what had come of the message', () => {
    expect(new WalkRecord().after(serverFrame(text, 'half', first), serverFrame(close))).toEqual([
      { close: 1005, reason: '' },
    ])
  })
})

describe('control frames', () => {
  test.each([0, 1, 125])('gives the payload of a ping of %i bytes', (length) => {
    const payload = 'p'.repeat(length)
    expect(new WalkRecord().after(serverFrame(ping, payload))).toEqual([{ ping: payload }])
    expect(new WalkRecord().after(...dribble(serverFrame(ping, payload)))).toEqual([{ ping: payload }])
  })

  test('reads a close frame without a code as 1005', () => {
    expect(new WalkRecord().after(serverFrame(close))).toEqual([{ close: 1005, reason: '' }])
  })

  test.each([1000, 1001, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4999])('accepts close code %i', (code) => {
    const bytes = serverFrame(close, closePayload(code, 'Grüße'))
    expect(new WalkRecord().after(bytes)).toEqual([{ close: code, reason: 'Grüße' }])
    expect(new WalkRecord().after(...dribble(bytes))).toEqual([{ close: code, reason: 'Grüße' }])
  })

  test('reads nothing after a close frame, in the same chunk or in another', () => {
    const record = new WalkRecord()
    record.after(Buffer.concat([serverFrame(close), serverFrame(text, 'late')]), serverFrame(text, 'later'))
    expect(record.said).toEqual([{ close: 1005, reason: '' }])
    expect(record.walker.isOver).toBe(true)
  })
})

describe('violations', () => {
  const cases: readonly [title: string, violation: string, ...frames: Buffer[]][] = [
    ['reserved bit 1', 'reserved-bit', serverFrame(text, '', { reserved: 0x40 })],
    ['reserved bit 1 of a continuation', 'reserved-bit', serverFrame(continuation, '', { reserved: 0x40 })],
    ['reserved bit 1 of a control frame', 'reserved-bit', serverFrame(ping, '', { reserved: 0x40 })],
    ['reserved bit 2', 'reserved-bit', serverFrame(binary, '', { reserved: 0x20 })],
    ['reserved bit 3', 'reserved-bit', serverFrame(binary, '', { reserved: 0x10 })],
    ['a continuation of nothing', 'orphan-continuation', serverFrame(continuation)],
    [
      'a continuation after the last fragment',
      'orphan-continuation',
      serverFrame(text, '', first),
      serverFrame(continuation),
      serverFrame(continuation),
    ],
    ['text inside a message', 'interrupted-message', serverFrame(text, '', first), serverFrame(text)],
    ['binary inside a message', 'interrupted-message', serverFrame(text, '', first), serverFrame(binary)],
    ['a ping in fragments', 'fragmented-control', serverFrame(ping, '', first)],
    ['a close in fragments', 'fragmented-control', serverFrame(close, '', first)],
    ['a masked message', 'masked-frame', serverFrame(text, 'hi', { isMasked: true })],
    ['a masked ping', 'masked-frame', serverFrame(ping, '', { isMasked: true })],
    ['a ping of 126 bytes', 'long-control', serverFrame(ping, Buffer.alloc(126))],
    ['a close of 64 KiB', 'long-control', serverFrame(close, Buffer.alloc(65_536))],
    ['a close frame of one byte', 'short-close', serverFrame(close, 'x')],
    ['a reason that is not UTF-8', 'invalid-close-reason', serverFrame(close, closePayload(1000, Buffer.from([0xf8])))],
    [
      'a reason that is cut inside a character',
      'invalid-close-reason',
      serverFrame(close, closePayload(1007, Buffer.from([0xce, 0xba, 0xe1, 0xbd]))),
    ],
  ]

  test.each(cases)('ends on %s (%s)', (_title, violation, ...frames) => {
    expect(new WalkRecord().after(...frames).at(-1)).toEqual({ violation })
    expect(new WalkRecord().after(...frames.flatMap(dribble)).at(-1)).toEqual({ violation })
  })

  test.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])('ends on opcode %i', (opcode) => {
    expect(new WalkRecord().after(serverFrame(opcode))).toEqual([{ violation: 'unknown-opcode' }])
  })

  test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])('ends on close code %i', (code) => {
    expect(new WalkRecord().after(serverFrame(close, closePayload(code)))).toEqual([
      { violation: 'invalid-close-code' },
    ])
  })

  test('is known from the first two bytes, whatever length they announce', () => {
    expect(new WalkRecord().after(Buffer.from([0x89, 0x7e]))).toEqual([{ violation: 'long-control' }])
  })

  test('delivers what came before, and nothing of what comes behind', () => {
    const bytes = [serverFrame(text, 'good'), serverFrame(text, 'bad', { reserved: 0x40 }), serverFrame(text, 'behind')]
    const record = new WalkRecord()
    expect(record.after(Buffer.concat(bytes), serverFrame(text))).toEqual([
      { text: 'good' },
      { violation: 'reserved-bit' },
    ])
    expect(record.walker.hasRest).toBe(false)
  })
})
