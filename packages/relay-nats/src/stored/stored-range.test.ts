import { describe, expect, test } from 'vitest'
import { type StoredEnd, type StoredStart, storedRange } from './stored-range.js'

const now = 1_000_000
const of = { hasSequences: true, now }

describe('a range of what is stored', () => {
  test('is what comes from now on where nothing is said', () => {
    expect(storedRange({}, of)).toEqual({ from: 'new', to: null })
  })

  test.each<[StoredStart, StoredEnd | undefined]>([
    ['first', undefined],
    ['first', 'last'],
    [{ time: 1 }, { time: now }],
    [{ sequence: 1 }, { sequence: 2 }],
    [{ time: 5 }, { sequence: 1 }],
    [{ sequence: 7 }, { time: 1 }],
  ])('can be from %j to %j', (from, to) => {
    expect(storedRange({ from, to }, of)).toEqual({ from, to: to ?? null })
  })

  test.each([
    ['from nowhere', { from: 'yesterday' as never }, /from is no place/],
    ['from a time in microseconds', { from: { time: 1_790_000_000_000_000 } }, /from is no place/],
    ['from a time before all', { from: { time: -1 } }, /from is no place/],
    ['from a time that is none', { from: { time: Number.NaN } }, /from is no place/],
    ['from a time that no date holds', { from: { time: 9e15 } }, /from is no place/],
    ['from a time and a sequence', { from: { time: 1, sequence: 1 } }, /from is no place/],
    ['from before the first number', { from: { sequence: 0 } }, /from is no place/],
    ['to nowhere', { from: 'first', to: null as never }, /to is no place/],
    ['to an end without a beginning', { to: 'last' }, /from is missing/],
    ['from now on to an end', { from: 'new', to: { time: 1 } }, /from is missing/],
    ['to a time that is to come', { from: 'first', to: { time: now + 1 } }, /to is yet to come/],
    ['to the time that it begins at', { from: { time: 5 }, to: { time: 5 } }, /to is not after from/],
    ['to a number before the first', { from: { sequence: 5 }, to: { sequence: 4 } }, /to is not after from/],
  ] as const)('cannot be %s', (_what, range, message) => {
    expect(() => storedRange(range, of)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_CONFIG' }))
    expect(() => storedRange(range, of)).toThrow(message)
  })

  test('has no sequence numbers where they are those of several JetStream streams', () => {
    const several = { hasSequences: false, now }
    expect(() => storedRange({ from: { sequence: 1 } }, several)).toThrow(/single channel/)
    expect(() => storedRange({ from: 'first', to: { sequence: 1 } }, several)).toThrow(/single channel/)
  })
})
