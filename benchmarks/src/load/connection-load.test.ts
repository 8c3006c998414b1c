import { describe, expect, it } from 'vitest'
import { ConnectionLoad } from './connection-load.js'

const streams = [
  { key: null, contents: ['a', 'b'], values: [1, 2] },
  { key: null, contents: ['c'], values: [10] },
]

describe('ConnectionLoad', () => {
  it('lays out whole frames of all streams in turn', () => {
    const load = new ConnectionLoad(streams)
    expect(load.block.subarray(0, 9).toString('latin1')).toBe('\x81\x01a\x81\x01c\x81\x01b')
    expect([...load.ends.subarray(0, 3)]).toEqual([3, 6, 9])
    expect(load.frames % 3).toBe(0)
    expect(load.block.length).toBe(load.frames * 3)
    expect(load.block.length).toBeGreaterThanOrEqual(512 * 1024)
  })

  it('knows what any number of messages adds up to', () => {
    const load = new ConnectionLoad(streams)
    const perBlock = (load.frames / 3) * 13
    expect([0, 1, 2, 3, 4].map((messages) => load.checksum(messages))).toEqual([0, 1, 11, 13, 14])
    expect(load.checksum(load.frames * 5 + 2)).toBe(perBlock * 5 + 11)
  })

  it('lets update ids go on from block to block', () => {
    const contents = ['{"U":1998,"u":1999}', '{"U":2000,"u":2000}']
    const load = new ConnectionLoad([{ key: null, contents, values: [0, 0], idMarks: ['"U":', '"u":'] }])
    load.renew()
    expect(load.block.toString('latin1')).toBe('\x81\x13{"U":2000,"u":2001}\x81\x13{"U":2002,"u":2002}')
  })
})
