import { expect, test } from 'vitest'
import { sparkline } from './sparkline.js'

test.each([
  [[1, 2, 3, 4, 5, 6, 7, 8], 8, '▁▂▃▄▅▆▇█'],
  [[5, 5, 5], 5, '  ▁▁▁'],
  [[9, 9, 0, 10], 2, '▁█'],
  [[], 3, '   '],
  [[1, 2], 0, ''],
])('draws %j in %i columns', (values, width, expected) => {
  expect(sparkline(values, width)).toBe(expected)
})
