import { SampleTimes } from './windows/sample-times.js'

/** What the connections of a manager measure with, together. */
export interface Measurement {
  /** When samples are taken; null with `enablePerformanceTracking: false`, where none are. */
  readonly times: SampleTimes | null
}

export function createMeasurement(isOn: boolean): Measurement {
  return { times: isOn ? new SampleTimes() : null }
}
