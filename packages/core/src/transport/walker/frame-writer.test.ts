import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ClientFrame, readClientFrame } from '../../../test/support/client-frame.js'
import { composeClose, composeFrame } from './frame-writer.js'
import { opcodes } from './protocol.js'

function read(bytes: Buffer): ClientFrame {
  const frame = readClientFrame(bytes)
  if (frame?.size !== bytes.length) throw new Error('Not exactly one frame.')
  return frame
}

describe('composeFrame', () => {
  test.each([
    [0, 0],
    [1, 1],
    [125, 125],
    [126, 126],
    [65_535, 126],
    [65_536, 127],
    [200_000, 127],
  ])('writes %i bytes with the shortest form of the length', (length, lengthForm) => {
    const payload = Buffer.alloc(length, 'payload')
    const frame = read(composeFrame(opcodes.binary, payload))
    expect(frame).toMatchObject({ isFinal: true, opcode: opcodes.binary, isMasked: true, lengthForm })
    expect(frame.payload.equals(payload)).toBe(true)
  })

  test('carries any text as UTF-8, lone surrogates as replacement characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(read(composeFrame(opcodes.text, text)).payload.toString()).toBe(text)
      }),
      { numRuns: 50 },
    )
    expect(read(composeFrame(opcodes.text, 'a\ud800b')).payload.toString()).toBe('a\ufffdb')
  })

  test('takes a view of the bytes it was given, and leaves them alone', () => {
    const source = new Uint8Array([0, 1, 2, 3, 4, 5])
    expect([...read(composeFrame(opcodes.binary, source.subarray(2, 5))).payload]).toEqual([2, 3, 4])
    expect([...source]).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('masks each frame with a key of its own', () => {
    const masks = Array.from({ length: 64 }, () => read(composeFrame(opcodes.text, 'same')).mask.toString('hex'))
    expect(new Set(masks).size).toBeGreaterThan(60)
  })
})

describe('composeClose', () => {
  test('writes the code, then the reason', () => {
    expect(composeClose(1000, '').toString('hex')).toBe('03e8')
    expect(composeClose(4000, 'é').toString('hex')).toBe('0fa0c3a9')
  })

  test.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, Number.NaN])('refuses code %d', (code) => {
    expect(() => composeClose(code, '')).toThrow(TypeError)
  })

  test('refuses a reason of more than 123 bytes', () => {
    expect(composeClose(1000, 'a'.repeat(123))).toHaveLength(125)
    expect(() => composeClose(1000, 'a'.repeat(124))).toThrow(RangeError)
    expect(() => composeClose(1000, 'é'.repeat(62))).toThrow(RangeError)
  })
})
