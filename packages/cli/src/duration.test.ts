import { describe, expect, test } from 'vitest'
import { parseDuration } from './duration.js'

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['5s', 5_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    [' 10s ', 10_000],
  ])('reads %s', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs)
  })

  test.each(['', '5', 's', '-5s', '5 s', '5sec', '1e3ms', 'Infinitys'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ code: 'ERR_USAGE', hint: 'Write a number with its unit: 500ms, 5s, 2m or 1h.' }),
    )
  })

  test.each(['0s', '0.4ms', '577h', '99999999999999999999h'])('refuses %s, which no timer can wait', (text) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }))
  })
})
