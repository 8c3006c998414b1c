import { StageMeter } from './stages/stage-meter.js'
import { SampleTimes } from './windows/sample-times.js'

/** What the connections of a manager measure with, together; null with `enablePerformanceTracking: false`. */
export interface Measurement {
  /** When samples are taken. */
  readonly times: SampleTimes
  readonly stages: StageMeter
}

export function createMeasurement(): Measurement {
  const times = new SampleTimes()
  return { times, stages: new StageMeter(times) }
}
