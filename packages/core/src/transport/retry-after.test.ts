import { describe, expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.js'

const now = Date.UTC(1994, 10, 6, 8, 49, 30)

describe('Retry-After', () => {
  test.each([
    ['7', 7_000],
    [' 7 ', 7_000],
    ['0', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 7_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 7_000],
    ['Sun Nov  6 08:49:37 1994', 7_000],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
  ])('%j is %i ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })

  test.each(['86401', '9'.repeat(400), 'Sun, 06 Nov 2094 08:49:37 GMT'])('%j is a day', (header) => {
    expect(retryAfterMs(header, now)).toBe(86_400_000)
  })

  test.each([undefined, '', 'soon', '-1', '1.5', '7 s', '2026-11-26', 'Sunday', 'Sun, 99 Nov 1994 08:49:37 GMT'])(
    '%j asks for nothing',
    (header) => {
      expect(retryAfterMs(header, now)).toBeNull()
    },
  )
})
