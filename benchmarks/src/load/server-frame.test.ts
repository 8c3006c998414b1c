import { describe, expect, it } from 'vitest'
import { serverFrame } from './server-frame.js'

describe('serverFrame', () => {
  it.each([
    [0, [0x81, 0]],
    [125, [0x81, 125]],
    [126, [0x81, 126, 0, 126]],
    [65_535, [0x81, 126, 0xff, 0xff]],
    [65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])('writes a text of %i bytes behind a header of the shortest form', (length, header) => {
    const frame = serverFrame('x'.repeat(length))
    expect([...frame.subarray(0, header.length)]).toEqual(header)
    expect(frame.subarray(header.length).toString()).toBe('x'.repeat(length))
  })

  it('marks bytes as binary', () => {
    expect([...serverFrame(Buffer.from([7]))]).toEqual([0x82, 1, 7])
  })
})
