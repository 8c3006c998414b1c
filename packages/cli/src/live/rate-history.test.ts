import type { PerformanceMetrics } from '@tapewire/core'
import { expect, test } from 'vitest'
import { RateHistory } from './rate-history.js'

function metrics(messagesPerSecond: number, seconds = 1): Pick<PerformanceMetrics, 'windows'> {
  const last1s = { seconds, messagesPerSecond, bytesPerSecond: 1, averageLagMs: null }
  return { windows: { last1s } } as unknown as PerformanceMetrics
}

test('has five minutes, second by second, and tells a reader each of them once', () => {
  const history = new RateHistory()
  history.add(metrics(0, 0), 0)
  expect(history.samples).toEqual([])
  for (let second = 1; second <= 400; second += 1) history.add(metrics(second), second * 1_000)
  expect(history.samples).toHaveLength(300)
  expect(history.samples[0]).toMatchObject({ at: 101_000, messagesPerSecond: 101, bytesPerSecond: 1, lagMs: null })
  const { taken } = history
  expect(history.after(taken)).toEqual([])
  history.add(metrics(401), 401_000)
  expect(history.after(taken).map(({ at }) => at)).toEqual([401_000])
  expect(history.after(0)).toHaveLength(300)
})
