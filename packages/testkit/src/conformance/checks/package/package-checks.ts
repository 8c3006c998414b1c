import type { ConformanceCheck } from '../../check.js'
import { builtChecks } from './built.js'
import { manifestChecks } from './manifest.js'

/** The package as it is published. */
export const packageChecks: readonly ConformanceCheck[] = [...manifestChecks, ...builtChecks]
