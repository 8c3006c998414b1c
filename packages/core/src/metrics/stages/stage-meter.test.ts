import { describe, expect, test } from 'vitest'
import { SampleTimes } from '../windows/sample-times.js'
import { noStages, StageMeter } from './stage-meter.js'

const start = 1_767_225_600_000

describe('StageMeter', () => {
  test('asks for the first frame, for one in 64, and for the first after each sample', () => {
    const times = new SampleTimes()
    const meter = new StageMeter(times)
    const due = (frames: number): number[] =>
      Array.from({ length: frames }, (_, index) => index).filter(() => meter.isDue())
    expect(due(200)).toEqual([0, 64, 128, 192])
    meter.take(times.begin(start))
    expect(due(70)).toEqual([0, 64])
  })

  test('says where the time of the last minute went, and forgets what was before', () => {
    const times = new SampleTimes()
    const meter = new StageMeter(times)
    const second = (index: number): void => meter.take(times.take(start + index * 1_000))
    meter.take(times.begin(start))
    meter.note({ receivedAt: start, parsingAt: start + 8, parsedAt: start + 9, handledAt: start + 25 })
    meter.note({ receivedAt: start, parsingAt: start + 2, parsedAt: start + 2, handledAt: start + 2 })
    expect(meter.metrics).toEqual(noStages)
    second(1)
    expect(meter.metrics).toMatchObject({
      sampled: 2,
      socketToParser: { averageMs: 5, maxMs: 8 },
      parser: { averageMs: 0.5, p50Ms: 0, maxMs: 1 },
      handler: { averageMs: 8, p99Ms: 16, maxMs: 16 },
    })
    for (let index = 2; index <= 61; index += 1) second(index)
    expect(meter.metrics).toEqual(noStages)
  })
})
