import { expect, test } from 'vitest'
import { counted, formatMs, formatShare } from './format.js'

test.each([
  [0, '0 ms'],
  [0.25, '250 µs'],
  [4.26, '4.3 ms'],
  [850.4, '850 ms'],
  [9_999, '9999 ms'],
  [12_400, '12 s'],
  [125_000, '2 min'],
  [9_000_000, '2.5 h'],
])('%d ms reads %s', (durationMs, text) => {
  expect(formatMs(durationMs)).toBe(text)
})

test('shares and counts read as people write them', () => {
  expect([formatShare(0.9876), counted(1, 'message'), counted(2, 'message')]).toEqual([
    '98.8 %',
    '1 message',
    '2 messages',
  ])
})
