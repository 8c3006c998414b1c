import { describe, expect, it } from 'vitest'
import {
  adjacentRanges,
  type BookRules,
  defaultBookRetry,
  findBookRuleFaults,
  orderOfArrival,
  overlappingRanges,
  type RestBookRules,
  type StreamBookRules,
} from './book-rules.js'

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

describe('book rules', () => {
  const rest: RestBookRules = {
    source: 'rest',
    depth: null,
    continuity: overlappingRanges,
    fetchSnapshot: () => Promise.reject(new Error('not in this test')),
    snapshotLimit: { requests: 1, windowMs: 2_000 },
  }
  const stream: StreamBookRules = {
    source: 'stream',
    depth: 50,
    continuity: adjacentRanges,
    snapshotTimeoutMs: 10_000,
    audit: null,
  }
  const faultsOf = (rules: unknown): string[] => [...findBookRuleFaults(rules)]

  it.each<[string, BookRules]>([
    ['a snapshot from REST', rest],
    ['a snapshot in the stream', stream],
    ['an audit', { ...stream, audit: rest }],
    ['the order of arrival', { ...stream, continuity: orderOfArrival }],
    ['whole books', { source: 'replace', depth: 20 }],
    ['retries', { ...rest, retry: defaultBookRetry }],
    ['retries at an even pace', { ...rest, retry: { attempts: 1, initialDelayMs: 1, maxDelayMs: 1, pauseMs: 1 } }],
    ['a check', { ...rest, verify: () => null }],
    ['a check of the digits', { ...stream, verify: () => null, keepDigits: true }],
    ['a check of the numbers', { ...stream, verify: () => null, keepDigits: false }],
  ])('may be those of %s', (_what, rules) => {
    expect(faultsOf(rules)).toEqual([])
  })

  it.each<[unknown, string[]]>([
    ['rest', ['bookRules is no object']],
    [{ depth: null }, ['bookRules.source is none of rest, stream, replace']],
    [
      { source: 'rest' },
      [
        'bookRules.continuity is not a function',
        'bookRules.fetchSnapshot is not a function',
        'bookRules.snapshotLimit.requests is not a whole number of at least 1',
        'bookRules.snapshotLimit.windowMs is not from 1 to 2147483647',
        'bookRules.depth is neither null nor a whole number of at least 1',
      ],
    ],
    [
      { source: 'stream' },
      [
        'bookRules.continuity is neither a function nor orderOfArrival',
        'bookRules.snapshotTimeoutMs is not from 1 to 2147483647',
        'bookRules.audit is neither null nor a source of snapshots',
        'bookRules.depth is neither null nor a whole number of at least 1',
      ],
    ],
  ])('say everything that is missing from %j together', (rules, faults) => {
    expect(faultsOf(rules)).toEqual(faults)
  })

  it.each<[object, string]>([
    [
      { ...rest, continuity: orderOfArrival },
      'bookRules.continuity cannot be orderOfArrival where snapshots come over REST',
    ],
    [{ ...stream, continuity: orderOfArrival, audit: rest }, 'bookRules.audit has to be null with orderOfArrival'],
    [{ ...stream, audit: { fetchSnapshot: 1 } }, 'bookRules.audit.fetchSnapshot is not a function'],
    [
      { ...rest, snapshotLimit: { requests: 0, windowMs: 1 } },
      'bookRules.snapshotLimit.requests is not a whole number',
    ],
    [
      { ...rest, snapshotLimit: { requests: 1.5, windowMs: 1 } },
      'bookRules.snapshotLimit.requests is not a whole number',
    ],
    [{ ...rest, snapshotLimit: { requests: 1, windowMs: 0 } }, 'bookRules.snapshotLimit.windowMs is not from 1'],
    [{ ...rest, snapshotLimit: 10 }, 'bookRules.snapshotLimit.requests is not a whole number'],
    [{ ...stream, snapshotTimeoutMs: Number.POSITIVE_INFINITY }, 'bookRules.snapshotTimeoutMs is not from 1'],
    [{ ...stream, depth: 2.5 }, 'bookRules.depth is neither null nor'],
    [{ ...stream, retry: 3 }, 'bookRules.retry.attempts is not a whole number of at least 1'],
    [{ ...stream, retry: { ...defaultBookRetry, attempts: 0 } }, 'bookRules.retry.attempts is not'],
    [{ ...stream, retry: { ...defaultBookRetry, initialDelayMs: 0 } }, 'bookRules.retry.initialDelayMs is not from 1'],
    [{ ...stream, retry: { ...defaultBookRetry, maxDelayMs: 299 } }, 'bookRules.retry.maxDelayMs is not from'],
    [{ ...stream, retry: { ...defaultBookRetry, pauseMs: '1' } }, 'bookRules.retry.pauseMs is not from 1'],
    [{ ...stream, verify: true }, 'bookRules.verify is not a function'],
    [{ ...stream, verify: () => null, keepDigits: 1 }, 'bookRules.keepDigits is neither true nor false'],
    [{ ...stream, keepDigits: true }, 'bookRules.keepDigits is of no use without verify'],
    [{ ...stream, verfy: () => null }, 'bookRules.verfy is no rule (did you mean verify?)'],
  ])('cannot be %j', (rules, fault) => {
    expect(faultsOf(rules)[0]).toContain(fault)
  })
})
