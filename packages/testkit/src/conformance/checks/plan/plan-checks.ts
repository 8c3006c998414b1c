import type { ConformanceCheck } from '../../check.js'
import { candlePlanChecks } from './candles.js'
import { refusedPlanChecks } from './refused.js'
import { plannedStreamChecks } from './streams.js'

/** Which streams a request means. */
export const planChecks: readonly ConformanceCheck[] = [
  ...plannedStreamChecks,
  ...candlePlanChecks,
  ...refusedPlanChecks,
]
