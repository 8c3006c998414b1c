import type { ConformanceCheck } from '../../check.js'
import { oddAnswerChecks } from './odd-answers.js'
import { refusalChecks } from './refusals.js'
import { timingChecks } from './timing.js'

/** How the exchange's answers are understood. */
export const acknowledgementChecks: readonly ConformanceCheck[] = [
  ...timingChecks,
  ...refusalChecks,
  ...oddAnswerChecks,
]
