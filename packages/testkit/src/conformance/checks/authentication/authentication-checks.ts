import type { ConformanceCheck } from '../../check.js'
import { acceptedChecks } from './accepted.js'
import { secretChecks } from './secrets.js'

/** How the exchange is told who we are. */
export const authenticationChecks: readonly ConformanceCheck[] = [...acceptedChecks, ...secretChecks]
