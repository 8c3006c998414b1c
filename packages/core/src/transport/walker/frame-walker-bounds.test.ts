import { describe, expect, test } from 'vitest'
import { type FrameForm, serverFrame } from '../../../test/support/server-frame.js'
import { dribble, WalkRecord } from '../../../test/support/walk-record.js'
import { opcodes } from './protocol.js'

const { continuation, text, binary, ping } = opcodes
const first: FrameForm = { isFinal: false }

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

  test('grows in few steps, however many chunks a message comes in', () => {
    const record = new WalkRecord({ maxPayloadBytes: 16 * 1024 * 1024 })
    record.after(serverFrame(binary, '', { claimedLength: 16 * 1024 * 1024 }))
    const sizes = new Set<number>()
    for (let chunk = 0; chunk < 255; chunk += 1) {
      record.after(Buffer.alloc(64 * 1024))
      sizes.add(record.walker.bufferBytes)
    }
    expect(sizes.size).toBeLessThanOrEqual(5)
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
