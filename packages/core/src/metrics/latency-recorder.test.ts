import { describe, expect, test } from 'vitest'
import { LatencyRecorder } from './latency-recorder.js'

function recorderOf(...durationsMs: number[]): LatencyRecorder {
  const recorder = new LatencyRecorder()
  for (const durationMs of durationsMs) recorder.record(durationMs)
  return recorder
}

describe('LatencyRecorder', () => {
  test('is all zero before the first message', () => {
    expect(new LatencyRecorder().summary()).toEqual({
      averageMs: 0,
      maxMs: 0,
      p50Ms: 0,
      p95Ms: 0,
      p99Ms: 0,
      p999Ms: 0,
    })
  })

  test('knows its percentiles to a tenth of a percent, from a microsecond to seconds', () => {
    const summary = recorderOf(...Array.from({ length: 1_000 }, (_, index) => (index + 1) / 100)).summary()
    const near = (value: number): unknown => expect.closeTo(value, 1)
    expect(summary).toEqual({
      averageMs: near(5.005),
      maxMs: near(10),
      p50Ms: near(5),
      p95Ms: near(9.5),
      p99Ms: near(9.9),
      p999Ms: near(9.99),
    })
    expect(recorderOf(0.001).summary().p50Ms).toBeCloseTo(0.001, 5)
    expect(recorderOf(2_000).summary().p50Ms / 2_000).toBeCloseTo(1, 2)
  })

  test('counts what takes 1 ms or more as over budget', () => {
    expect(recorderOf(0.999, 1, 1.5, 0.2)).toMatchObject({ count: 4, overBudget: 2 })
  })

  test.each([0, -5, Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1.8e12, 1e-9])(
    'survives a clock that makes it %d ms',
    (durationMs) => {
      const { averageMs, maxMs } = recorderOf(durationMs, 0.5).summary()
      expect(averageMs).toBeGreaterThanOrEqual(0.25)
      expect(maxMs).toBeLessThanOrEqual(3_603_000)
    },
  )

  test('adds up with another', () => {
    const sum = recorderOf(1, 1)
    sum.add(recorderOf(3, 0.5))
    expect(sum).toMatchObject({ count: 4, overBudget: 3 })
    expect(sum.summary().averageMs).toBeCloseTo(1.375)
  })
})
