import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketCount, bucketOf, longestMs, lowerBoundMs } from './buckets.js'
import { histogramOf, processingBoundsMs } from './latency-histogram.js'
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

  test('knows its percentiles to 1.6 %, and sum and longest to the last digit, whatever was recorded', () => {
    const duration = fc.oneof(
      fc.double({ min: 0.001, max: 3_000_000, noNaN: true }),
      fc.double({ min: 0.001, max: 2, noNaN: true }),
      fc.nat(1_000).map((whole) => whole + 1),
    )
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (durations) => {
        const recorder = recorderOf(...durations)
        const sorted = durations.toSorted((one, other) => one - other)
        const exact = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] as number
        const { p50Ms, p95Ms, p99Ms, p999Ms, maxMs } = recorder.summary()
        expect(maxMs).toBe(sorted.at(-1))
        expect(recorder.sumMs).toBeCloseTo(durations.reduce((sum, one) => sum + one))
        const found: [number, number][] = [
          [p50Ms, exact(0.5)],
          [p95Ms, exact(0.95)],
          [p99Ms, exact(0.99)],
          [p999Ms, exact(0.999)],
        ]
        for (const [told, real] of found) expect(Math.abs(told / real - 1)).toBeLessThanOrEqual(1 / 64)
      }),
    )
  })

  test('has every duration in the bucket that begins at or before it and ends behind it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: longestMs, noNaN: true }), (durationMs) => {
        const bucket = bucketOf(durationMs)
        expect(bucket).toBeLessThan(bucketCount)
        expect(lowerBoundMs(bucket)).toBeLessThanOrEqual(durationMs)
        expect(lowerBoundMs(bucket + 1)).toBeGreaterThan(durationMs)
      }),
    )
    for (let bucket = 0; bucket < bucketCount; bucket += 1) expect(bucketOf(lowerBoundMs(bucket))).toBe(bucket)
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

  test('says the longest since it was last asked, and keeps the longest of all', () => {
    const recorder = recorderOf(3, 2)
    expect([recorder.takeMaxMs(), recorder.takeMaxMs()]).toEqual([3, 0])
    recorder.record(1)
    expect([recorder.maxMs, recorder.takeMaxMs(), recorder.maxMs]).toEqual([3, 1, 3])
  })
})

describe('a histogram', () => {
  test('has as many under a bound as were, on whichever side of it they are', () => {
    const recorder = recorderOf(0, 0.001, 0.0078124, 0.0078125, 0.999, 1, 1.5, 2, 4_096, 9_999)
    const { boundsMs, counts, count, sumMs } = histogramOf(processingBoundsMs, recorder)
    const under = (bound: number): number =>
      counts.slice(0, boundsMs.indexOf(bound) + 1).reduce((sum, one) => sum + one, 0)
    expect([under(0.0078125), under(1), under(2), under(4_096)]).toEqual([3, 5, 7, 8])
    expect([counts.length, counts.at(-1), count, sumMs]).toEqual([boundsMs.length + 1, 2, 10, recorder.sumMs])
    expect(under(1)).toBe(recorder.count - recorder.overBudget)
  })
})
