import { expect, test } from 'vitest'
import { lasting } from './times.js'

test.each([
  [-5, '0 s'],
  [4_900, '4 s'],
  [60_000, '1 min'],
  [192_000, '3 min 12 s'],
  [7_500_000, '2 h 5 min'],
  [1_047_600_000, '12 d 3 h'],
])('%d ms is told in its two greatest units', (durationMs, text) => {
  expect(lasting(durationMs)).toBe(text)
})
