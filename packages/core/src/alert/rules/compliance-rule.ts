import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertSource } from '../alert-source.js'
import { counted, formatShare } from '../format.js'
import { leastMessages } from './thresholds.js'

/** Too few messages are processed in under a millisecond. */
export class ComplianceRule implements AlertRule {
  readonly kind = 'compliance'
  readonly #settings: AlertSettings

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  judge(source: AlertSource): Judgement {
    const recent = source.lastMinute()
    if (recent === null || recent.messages < leastMessages) return 'well'
    const { complianceRate: value, messages } = recent
    const threshold = this.#settings.complianceRate
    // A quarter of the way up from there to all of them.
    if (value >= threshold) return value >= threshold + (1 - threshold) / 4 ? 'well' : 'neither'
    return {
      severity: 'warning',
      reason: `${formatShare(value)} of ${counted(messages, 'message')} in the last minute were processed in under 1 ms, where ${formatShare(threshold)} should be`,
      isCertain: false,
      value,
      threshold,
      unit: 'ratio',
    }
  }
}
