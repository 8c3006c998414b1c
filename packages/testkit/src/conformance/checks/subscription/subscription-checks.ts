import type { ConformanceCheck } from '../../check.js'
import { exchangeChecks } from './at-the-exchange.js'
import { messageChecks } from './messages.js'

/** How streams are asked for. */
export const subscriptionChecks: readonly ConformanceCheck[] = [...messageChecks, ...exchangeChecks]
