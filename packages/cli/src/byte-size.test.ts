import { describe, expect, test } from 'vitest'
import { formatByteSize, parseByteSize } from './byte-size.js'

describe('a size', () => {
  test.each([
    ['500B', 500],
    ['1KB', 1_024],
    ['64MB', 67_108_864],
    [' 1.5gb ', 1_610_612_736],
  ])('is read from %s', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes)
  })

  test.each(['', '64', 'MB', '-1MB', '0MB', '64 MB', '64M', '1e3KB', '99999999999GB'])('is not %j', (text) => {
    expect(() => parseByteSize(text)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }))
  })

  test.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_536, '1.5 KB'],
    [67_108_864, '64.0 MB'],
  ])('of %d bytes is written %s', (bytes, text) => {
    expect(formatByteSize(bytes)).toBe(text)
  })
})
