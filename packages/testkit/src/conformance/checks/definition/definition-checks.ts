import type { ConformanceCheck } from '../../check.js'
import { limitChecks } from './limits-kept.js'
import { declarationChecks } from './what-it-says.js'

/** What an exchange says of itself, and whether it is so. */
export const definitionChecks: readonly ConformanceCheck[] = [...declarationChecks, ...limitChecks]
