import { describe, expect, it } from 'vitest'
import { adjacentRanges, overlappingRanges } from './book-rules.js'

describe('continuity rules', () => {
  it.each([
    { first: 90, last: 99, overlapping: 'ignore', adjacent: 'ignore', why: 'long included' },
    { first: 95, last: 100, overlapping: 'ignore', adjacent: 'ignore', why: 'ends where the book stands' },
    { first: 95, last: 101, overlapping: 'apply', adjacent: 'gap', why: 'begins inside the book' },
    { first: 100, last: 105, overlapping: 'apply', adjacent: 'gap', why: 'repeats the last id' },
    { first: 101, last: 101, overlapping: 'apply', adjacent: 'apply', why: 'is the very next id' },
    { first: 101, last: 120, overlapping: 'apply', adjacent: 'apply', why: 'begins with the next id' },
    { first: 102, last: 102, overlapping: 'gap', adjacent: 'gap', why: 'leaves one id out' },
    { first: 200, last: 300, overlapping: 'gap', adjacent: 'gap', why: 'is far ahead' },
  ] as const)('judge $first-$last against a book at 100, which $why', ({ first, last, overlapping, adjacent }) => {
    expect(overlappingRanges(100, first, last)).toBe(overlapping)
    expect(adjacentRanges(100, first, last)).toBe(adjacent)
  })

  it('hold at ids beyond 32 bits', () => {
    expect(overlappingRanges(80_000_000_012, 80_000_000_011, 80_000_000_014)).toBe('apply')
    expect(adjacentRanges(80_000_000_014, 80_000_000_016, 80_000_000_016)).toBe('gap')
  })
})
