import type { ConformanceCheck } from '../../check.js'
import { accountPayloadChecks } from './account.js'
import { agreementChecks } from './agreement.js'
import { candleChecks } from './candles.js'
import { leftOutChecks } from './left-out.js'
import { levelChecks } from './levels.js'
import { quoteChecks } from './quotes.js'
import { tradeChecks } from './trades.js'

/** What messages say, against the truth of the simulators. */
export const payloadChecks: readonly ConformanceCheck[] = [
  ...agreementChecks,
  ...tradeChecks,
  ...quoteChecks,
  ...candleChecks,
  ...levelChecks,
  ...accountPayloadChecks,
  ...leftOutChecks,
]
