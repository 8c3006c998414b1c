import { describe, expect, test } from 'vitest'
import { closePayload, type FrameForm, serverFrame } from '../../../test/support/server-frame.js'
import { dribble, type Said, WalkRecord } from '../../../test/support/walk-record.js'
import { opcodes } from './opcodes.js'

const { continuation, text, binary, close, ping, pong } = opcodes
const first: FrameForm = { isFinal: false }

describe('what it delivers', () => {
  test('gives a text message as a window on the chunk itself', () => {
    const record = new WalkRecord()
    const chunk = serverFrame(text, 'hello')
    expect(record.after(chunk)).toEqual([{ text: 'hello' }])
    expect(record.latestBytes).toBe(chunk)
    expect(record.latest).toMatchObject({ start: 2, end: 7 })
  })

  test('gives every message in the same object, with the time its chunk was read', () => {
    const record = new WalkRecord()
    const times: number[] = []
    record.onMessage = () => times.push(record.latest?.receivedAt ?? -1)
    record.walker.receive(serverFrame(text, 'a'), 1.5)
    const { latest } = record
    record.walker.receive(Buffer.concat([serverFrame(text, 'b'), serverFrame(text, 'c')]), 2.5)
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
    expect(record.after(head, tail)).toEqual([{ text: 'one' }, { text: 'two' }, { text: 'three' }])
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

describe('limits', () => {
  test('takes a message of exactly maxPayloadBytes, and refuses one more byte by its header alone', () => {
    const limits = { maxPayloadBytes: 1000 }
    expect(new WalkRecord(limits).after(serverFrame(binary, Buffer.alloc(1000)))).toHaveLength(1)
    expect(new WalkRecord(limits).after(serverFrame(binary, '', { claimedLength: 1001 }))).toEqual([
      { violation: 'too-large' },
    ])
  })

  test('counts all fragments of a message towards maxPayloadBytes', () => {
    const record = new WalkRecord({ maxPayloadBytes: 25 })
    record.after(serverFrame(text, 'a'.repeat(15), first), serverFrame(ping), serverFrame(continuation, 'a'.repeat(15)))
    expect(record.said).toEqual([{ ping: '' }, { violation: 'too-large' }])
  })

  test.each([2 ** 32, Number.MAX_SAFE_INTEGER, 2 ** 53, 2 ** 63])('refuses a length of %i bytes', (claimedLength) => {
    const bytes = serverFrame(binary, '', { claimedLength })
    expect(new WalkRecord().after(bytes)).toEqual([{ violation: 'too-large' }])
    expect(new WalkRecord().after(...dribble(bytes))).toEqual([{ violation: 'too-large' }])
  })

  test('counts the fragments of a message, empty ones included', () => {
    const record = new WalkRecord({ maxFragments: 3 })
    record.after(serverFrame(text, 'a', first), serverFrame(continuation, '', first))
    record.after(serverFrame(continuation, '', first))
    expect(record.said).toEqual([])
    record.after(serverFrame(continuation))
    expect(record.said).toEqual([{ violation: 'too-many-fragments' }])
  })
})

describe('memory', () => {
  test('sets nothing aside for a length that is only announced', () => {
    const record = new WalkRecord({ maxPayloadBytes: 2 ** 40 })
    record.after(serverFrame(binary, 'a first byte', { claimedLength: 2 ** 40 }))
    expect(record.walker.bufferBytes).toBeLessThanOrEqual(1024 * 1024 + 256)
  })

  test('grows with a message that comes byte by byte to no more than twice its size', () => {
    const record = new WalkRecord({ maxPayloadBytes: 16 * 1024 * 1024 })
    record.after(serverFrame(binary, '', { claimedLength: 16 * 1024 * 1024 }))
    let received = 0
    for (const step of [1, 1, 1, 1_000_000, 1, 2_000_000, 1]) {
      record.after(Buffer.alloc(step))
      received += step
      expect(record.walker.bufferBytes).toBeLessThanOrEqual(Math.max(1024 * 1024, received * 2) + 256)
    }
  })

  test('reuses its buffer for the next frame that straddles', () => {
    const record = new WalkRecord()
    const bytes = serverFrame(text, 'a'.repeat(200))
    const buffers = new Set<Buffer | null>()
    record.onMessage = () => buffers.add(record.latestBytes)
    for (let round = 0; round < 100; round += 1) record.after(bytes.subarray(0, 100), bytes.subarray(100))
    expect(record.said).toHaveLength(100)
    expect(buffers.size).toBe(1)
  })

  test('gives a large buffer back once its message is delivered', () => {
    const record = new WalkRecord({ maxPayloadBytes: 16 * 1024 * 1024 })
    const bytes = serverFrame(binary, Buffer.alloc(5_000_000))
    record.after(bytes.subarray(0, 100))
    record.after(bytes.subarray(100))
    expect(record.said).toHaveLength(1)
    expect(record.walker.bufferBytes).toBeLessThan(1000)
  })

  test('lets go of a chunk once it is read', () => {
    const record = new WalkRecord()
    const chunk = Buffer.concat([serverFrame(text, 'whole'), serverFrame(text, 'half').subarray(0, 3)])
    record.after(chunk)
    expect(record.latest?.bytes).not.toBe(chunk)
    expect(record.latest?.bytes).toHaveLength(0)
  })
})

describe('pausing', () => {
  const words = ['one', 'two', 'three', 'four']
  const stream = Buffer.concat(words.map((word) => serverFrame(text, word)))
  const all = words.map((word) => ({ text: word }))

  test('stops after the message at hand, and goes on where it stopped', () => {
    const record = new WalkRecord()
    record.onMessage = () => record.walker.pause()
    for (let count = 1; count <= words.length; count += 1) {
      if (count === 1) record.after(stream)
      else record.walker.resume()
      expect(record.said).toEqual(all.slice(0, count))
      expect(record.walker.hasRest).toBe(count < words.length)
    }
  })

  test('puts a chunk that comes meanwhile behind what waits', () => {
    const record = new WalkRecord()
    record.walker.pause()
    expect(record.after(stream.subarray(0, 6), stream.subarray(6))).toEqual([])
    record.walker.resume()
    expect(record.said).toEqual(all)
  })

  test('forgets what waits when it is stopped', () => {
    const record = new WalkRecord()
    record.onMessage = () => record.walker.pause()
    record.after(stream)
    record.walker.stop()
    record.walker.resume()
    expect(record.said).toEqual(all.slice(0, 1))
    expect(record.walker.hasRest).toBe(false)
  })

  test('leaves the message at hand readable when it is stopped from within', () => {
    const record = new WalkRecord()
    let content = ''
    record.onMessage = () => {
      record.walker.stop()
      const { latest } = record
      content = latest?.bytes.toString('latin1', latest.start, latest.end) ?? ''
    }
    record.after(stream)
    expect([content, record.said.length]).toEqual(['one', 1])
  })

  test('goes on behind the message whose listener threw', () => {
    const record = new WalkRecord()
    record.onMessage = () => {
      if (record.said.length === 2) throw new Error('listener')
    }
    expect(() => record.after(stream)).toThrow('listener')
    expect(record.said).toEqual(all.slice(0, 2))
    record.walker.resume()
    expect(record.said).toEqual(all)
  })

  test('goes on behind a straddling message whose listener threw', () => {
    const record = new WalkRecord()
    record.onMessage = () => {
      if (record.said.length === 1) throw new Error('listener')
    }
    expect(() => record.after(stream.subarray(0, 3), stream.subarray(3))).toThrow('listener')
    record.walker.resume()
    expect(record.said).toEqual(all)
  })
})
