import type { ConformanceCheck } from '../../check.js'
import { accountLossChecks } from './account-losses.js'
import { accountRecoveryChecks } from './account-recovery.js'
import { accountStoryChecks } from './account-story.js'

/** What is told of an account. */
export const accountChecks: readonly ConformanceCheck[] = [
  ...accountStoryChecks,
  ...accountLossChecks,
  ...accountRecoveryChecks,
]
