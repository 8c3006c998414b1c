import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RateWindow } from './rate-window.js'

/** 2026, as milliseconds: real times, whose seconds do not begin at a multiple of ten. */
const start = 1_767_225_603_250

describe('RateWindow', () => {
  test('is none before anything was counted', () => {
    expect(new RateWindow().rate(start, start)).toBe(0)
    expect(new RateWindow().rate(start + 5_000, start)).toBe(0)
  })

  test('is the mean since the start, while that is less than ten seconds ago', () => {
    const window = new RateWindow()
    for (let index = 0; index < 30; index += 1) window.count(start + index * 100)
    expect(window.rate(start + 3_000, start)).toBeCloseTo(10)
  })

  test('forgets what is older, and starts over after a silence of any length', () => {
    const window = new RateWindow()
    for (let index = 0; index < 1_000; index += 1) window.count(start)
    expect(window.rate(start + 9_000, start)).toBeGreaterThan(0)
    expect(window.rate(start + 10_000, start)).toBe(0)
    window.count(start + 10_000_000)
    expect(window.rate(start + 10_001_000, start)).toBeLessThan(1)
  })

  test('is near the true rate, whatever that is and whenever it is asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 20_000, max: 60_000 }), (perSecond, elapsedMs) => {
        const window = new RateWindow()
        const stepMs = 1000 / perSecond
        for (let at = 0; at < elapsedMs; at += stepMs) window.count(start + at)
        const rate = window.rate(start + elapsedMs, start)
        // One message more or less at either edge of nine seconds or more.
        expect(Math.abs(rate - perSecond)).toBeLessThanOrEqual(2 / 9 + 1e-6)
      }),
    )
  })
})
