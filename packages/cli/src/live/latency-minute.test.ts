import { expect, test } from 'vitest'
import { LatencyMinute } from './latency-minute.js'

const boundsMs = [1]

test('counts what came in the last minute, and at first what came at all', () => {
  const minute = new LatencyMinute()
  expect(minute.histogram).toEqual({ boundsMs: [], counts: [] })
  const after = (second: number): readonly number[] => {
    minute.add({ boundsMs, counts: [second * 10, second], count: second * 11, sumMs: 0 })
    return minute.histogram.counts
  }
  expect(after(1)).toEqual([10, 1])
  for (let second = 2; second < 60; second += 1) after(second)
  expect(after(60)).toEqual([600, 60])
  expect(after(61)).toEqual([600, 60])
  for (let second = 62; second < 500; second += 1) expect(after(second)).toEqual([600, 60])
  expect(minute.histogram.boundsMs).toBe(boundsMs)
})
