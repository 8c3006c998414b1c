import type { ConformanceCheck } from '../../check.js'
import { connectionOutageChecks } from './outages.js'
import { connectionStrategyChecks } from './strategy.js'

/** How the exchange is reached. */
export const connectionChecks: readonly ConformanceCheck[] = [...connectionStrategyChecks, ...connectionOutageChecks]
