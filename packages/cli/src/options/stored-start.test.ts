import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parseStoredStart } from './stored-start.js'

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
  })

  test('can be the first that is kept', () => {
    expect(parseStoredStart('first')).toBe('first')
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
