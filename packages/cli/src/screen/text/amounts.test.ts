import { expect, test } from 'vitest'
import { formatAge, formatElapsed, formatSince } from './ages.js'
import { alignNumbers, formatMs, shortNumber } from './amounts.js'

test('numbers stand point under point, with fewer digits where they have no room, and short where even whole ones have not', () => {
  expect(alignNumbers([1, 1234.5], 3, 9)).toEqual(['    1.000', '1,234.500'])
  expect(alignNumbers([1, 1234.56], 3, 8)).toEqual(['    1.00', '1,234.56'])
  expect(alignNumbers([1, 123_456_789], 3, 8)).toEqual(['   1', '123M'])
  expect(alignNumbers([], 2, 8)).toEqual([])
})

test.each([
  [0, '0'],
  [0.5, '0.50'],
  [1_234, '1,234'],
  [9_999, '9,999'],
  [10_000, '10.0k'],
  [123_456, '123k'],
  [4_567_890, '4.57M'],
  [-12_345, '-12.3k'],
  [8.1e15, '8,100T'],
])('%d is %s in short', (value, text) => {
  expect(shortNumber(value)).toBe(text)
})

test('milliseconds have the digits that mean something', () => {
  expect([0.0421, 1.304, 45.12, 1_200.4].map(formatMs)).toEqual(['0.042', '1.30', '45.1', '1,200'])
})

test('ages are in the unit that matters', () => {
  const minute = 60_000
  expect(
    [-5, 999, 59_999, minute, 59 * minute, 60 * minute, 47 * 60 * minute, 48 * 60 * minute].map(formatAge),
  ).toEqual(['0 s', '0 s', '59 s', '1 min', '59 min', '1 h', '47 h', '2 d'])
  expect([formatSince(0, 5 * minute), formatSince(minute, 5 * minute)]).toEqual(['', '4 min'])
  expect([0, 65_000, 7_209_000].map(formatElapsed)).toEqual(['0:00', '1:05', '2:00:09'])
})
