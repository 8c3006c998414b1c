import { expect, test } from 'vitest'
import type { ShownSpan } from '../wire.js'
import { timelineBars } from './timeline-bars.js'

const span = (since: number, until: number | null): ShownSpan => ({
  state: 'connected',
  since,
  until,
  reason: null,
  attempt: null,
})

test('the last minutes fill the width, and what was before is cut off', () => {
  const bars = timelineBars([span(0, 500), span(500, 1_500), span(1_500, null)], 2_000, 1_000)
  expect(bars.map(({ from, width }) => [from, width])).toEqual([
    [0, 0.5],
    [0.5, 0.5],
  ])
})

test('what lasted a moment is still seen, and nothing leaves the room', () => {
  const bars = timelineBars([span(1_000, 1_000), span(1_999, null)], 2_000, 2_000)
  expect(bars.every(({ from, width }) => width >= 0.004 && from >= 0 && from + width <= 1)).toBe(true)
})
