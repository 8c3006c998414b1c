import type { ConformanceCheck } from '../../check.js'
import { doorChecks } from './door.js'
import { honouredOptionChecks } from './honoured.js'
import { refusedOptionChecks } from './refused.js'

/** What can be said about an exchange's strategies, and what they are given. */
export const optionsChecks: readonly ConformanceCheck[] = [
  ...refusedOptionChecks,
  ...honouredOptionChecks,
  ...doorChecks,
]
