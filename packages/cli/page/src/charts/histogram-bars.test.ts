import { expect, test } from 'vitest'
import { barName, histogramBars } from './histogram-bars.js'

test('bars go from one before the first that holds something to one after the last', () => {
  const bars = histogramBars({ boundsMs: [1, 2, 5, 10, 20], counts: [0, 0, 7, 3, 0, 0] })
  expect(bars).toEqual([
    { upToMs: 2, count: 0 },
    { upToMs: 5, count: 7 },
    { upToMs: 10, count: 3 },
    { upToMs: 20, count: 0 },
  ])
})

test('what was above all bounds has a bar of its own', () => {
  const bars = histogramBars({ boundsMs: [1], counts: [0, 2] })
  expect(bars.map(barName)).toEqual(['≤ 1.00 ms', 'more'])
})

test('nothing measured is all bars, empty', () => {
  expect(histogramBars({ boundsMs: [1, 2], counts: [0, 0, 0] }).map(({ count }) => count)).toEqual([0, 0, 0])
})
