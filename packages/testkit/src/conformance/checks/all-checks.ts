import type { ConformanceCheck } from '../check.js'
import { accountChecks } from './account/account.js'
import { acknowledgementChecks } from './acknowledgement/acknowledgement-checks.js'
import { authenticationChecks } from './authentication/authentication-checks.js'
import { bookChecks } from './book/book.js'
import { captureChecks } from './captures.js'
import { connectionChecks } from './connection/connection-checks.js'
import { costChecks } from './cost.js'
import { enforcedLimitChecks } from './definition/limits-enforced.js'
import { limitChecks } from './definition/limits-kept.js'
import { declarationChecks } from './definition/what-it-says.js'
import { heartbeatChecks } from './heartbeat.js'
import { lifecycleChecks } from './lifecycle/lifecycle-checks.js'
import { optionsChecks } from './options/options-checks.js'
import { packageChecks } from './package/package-checks.js'
import { parserChecks } from './parser/parser-checks.js'
import { payloadChecks } from './payload/payload-checks.js'
import { planChecks } from './plan/plan-checks.js'
import { recoveryChecks } from './recovery/recovery.js'
import { subscriptionChecks } from './subscription/subscription-checks.js'
import { symbolChecks } from './symbols/symbol-checks.js'

/** Every check, in the order in which they are run: what is cheap and what explains the rest comes first. */
export const conformanceChecks: readonly ConformanceCheck[] = [
  ...declarationChecks,
  ...limitChecks,
  ...enforcedLimitChecks,
  ...optionsChecks,
  ...packageChecks,
  ...symbolChecks,
  ...planChecks,
  ...subscriptionChecks,
  ...acknowledgementChecks,
  ...connectionChecks,
  ...authenticationChecks,
  ...heartbeatChecks,
  ...parserChecks,
  ...payloadChecks,
  ...bookChecks,
  ...recoveryChecks,
  ...accountChecks,
  ...lifecycleChecks,
  ...captureChecks,
  ...costChecks,
]
