import { describe, expect, it } from 'vitest'
import { candleWidths, windowEnd, windowStart } from './candle-window.js'

const at = (text: string): number => Date.parse(text)

describe('windowStart and windowEnd', () => {
  it.each([
    ['2026-02-28T23:59:59.999Z', '2026-02-01', '2026-03-01'],
    ['2026-03-01T00:00:00.000Z', '2026-03-01', '2026-04-01'],
    ['2028-02-29T12:00:00.000Z', '2028-02-01', '2028-03-01'],
    ['2026-12-31T23:00:00.000Z', '2026-12-01', '2027-01-01'],
  ])('put %s into its calendar month', (time, start, end) => {
    expect(windowStart('month', at(time))).toBe(at(start))
    expect(windowEnd('month', at(start))).toBe(at(end))
  })

  it.each([
    ['2026-01-04T23:59:59.999Z', '2025-12-29'],
    ['2026-01-05T00:00:00.000Z', '2026-01-05'],
    ['2026-01-01T00:00:00.000Z', '2025-12-29'],
  ])('begin the week of %s on a Monday', (time, start) => {
    expect(windowStart('week', at(time))).toBe(at(start))
    expect(windowEnd('week', at(start)) - at(start)).toBe(7 * 86_400_000)
  })

  it('begin seven days on a Thursday, as whole multiples since the epoch do', () => {
    expect(windowStart(7 * 86_400_000, at('2026-01-04'))).toBe(at('2026-01-01'))
  })

  it.each(candleWidths)('follow on each other without a hole: %s', (width) => {
    let start = windowStart(width, at('2026-01-31T10:20:30Z'))
    for (let count = 0; count < 30; count++) {
      const end = windowEnd(width, start)
      expect(windowStart(width, end - 1)).toBe(start)
      expect(windowStart(width, end)).toBe(end)
      start = end
    }
  })
})
