import type { ConformanceCheck } from '../../check.js'
import { manyConnectionChecks } from './many-connections.js'
import { outageChecks } from './outages.js'

/** What is left of a feed when its connections are not. */
export const recoveryChecks: readonly ConformanceCheck[] = [...outageChecks, ...manyConnectionChecks]
