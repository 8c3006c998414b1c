import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { checkRange, parseStoredEnd, parseStoredStart } from './stored-range.js'

const now = Date.UTC(2026, 10, 27, 7, 0, 0)

describe('where reading begins', () => {
  beforeEach(() => void vi.useFakeTimers({ now, toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())

  test.each([
    ['-10m', now - 600_000],
    ['-1.5h', now - 5_400_000],
    ['2026-11-27T06:30:00Z', now - 1_800_000],
    ['2026-11-27T06:30', now - 1_800_000],
    ['2026-11-27T07:30:00.5+01:00', now - 1_799_500],
    ['2026-11-27', now - 25_200_000],
  ])('%s is a time', (text, time) => {
    expect(parseStoredStart(text)).toEqual({ time })
    expect(parseStoredEnd(text)).toEqual({ time })
  })

  test('can be the first that is kept, and where it ends the last', () => {
    expect(parseStoredStart('first')).toBe('first')
    expect(parseStoredEnd('last')).toBe('last')
    expect(() => parseStoredEnd('first')).toThrow(/no place to end/)
  })

  test.each([
    [{}, null],
    [{ from: 'first', to: 'last' }, null],
    [{ from: { time: 1 }, to: { time: 2 } }, null],
    [{ to: 'last' }, /no beginning is named/],
    [{ from: { time: 2 }, to: { time: 2 } }, /not after --from/],
  ] as const)('with an end, %j, comes before it', (flags, message) => {
    if (message === null) checkRange(flags)
    else expect(() => checkRange(flags)).toThrow(message)
  })

  test.each([
    ['last', /no place to begin/],
    ['10m', /no place to begin/],
    ['2026-13-45', /no place to begin/],
    ['-10', /not a duration/],
    ['-0s', /out of range/],
    ['2026-11-27T07:00:01Z', /yet to come/],
  ])('%s is refused', (text, message) => {
    expect(() => parseStoredStart(text)).toThrow(message)
  })
})
