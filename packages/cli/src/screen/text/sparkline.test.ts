import { expect, test } from 'vitest'
import { bar, resampled, sparkline } from './sparkline.js'

test.each([
  [[1, 2, 3, 4, 5, 6, 7, 8], 8, 'lowest', '▁▂▃▄▅▆▇█'],
  [[5, 5, 5], 5, 'lowest', '  ▁▁▁'],
  [[5, 5, 10], 3, 'zero', '▅▅█'],
  [[0, 0], 2, 'zero', '▁▁'],
  [[9, 9, 0, 10], 2, 'lowest', '▁█'],
  [[], 3, 'zero', '   '],
  [[1, 2], 0, 'zero', ''],
] as const)('draws %j in %i columns from the %s', (values, width, low, expected) => {
  expect(sparkline(values, width, low)).toBe(expected)
})

test('a bar grows by halves of a column, towards either side', () => {
  expect([0, 0.25, 0.5, 1, 7].map((share) => bar(share, 2, 'right'))).toEqual(['  ', '▌ ', '█ ', '██', '██'])
  expect([0, 0.25, 0.5, 1, -1].map((share) => bar(share, 2, 'left'))).toEqual(['  ', ' ▐', ' █', '██', '  '])
})

test('many values are few, by the highest or the average of neighbours', () => {
  expect(resampled([1, 2, 3, 9], 2, 'highest')).toEqual([2, 9])
  expect(resampled([1, 2, 3, 9], 2, 'average')).toEqual([1.5, 6])
  expect(resampled([1, 2], 5, 'average')).toEqual([1, 2])
})
