import type { ConformanceCheck } from '../../check.js'
import { exchangeChecks } from './at-the-exchange.js'
import { messageChecks } from './messages.js'
import { requestIdChecks } from './request-ids.js'

/** How streams are asked for. */
export const subscriptionChecks: readonly ConformanceCheck[] = [...messageChecks, ...requestIdChecks, ...exchangeChecks]
