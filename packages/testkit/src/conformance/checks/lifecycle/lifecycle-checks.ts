import type { ConformanceCheck } from '../../check.js'
import { closingChecks } from './closing.js'
import { livingChecks } from './living.js'

/** How feeds begin, live and end. */
export const lifecycleChecks: readonly ConformanceCheck[] = [...closingChecks, ...livingChecks]
