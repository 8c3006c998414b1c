import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertSource } from '../alert-source.js'
import { counted, formatMs } from '../format.js'
import { leastMessages, relief } from './thresholds.js'

/** So many times the threshold is critical. */
const criticalTimes = 10

/** Messages take long from the socket to the return of the handler. */
export class LatencyRule implements AlertRule {
  readonly kind = 'latency'
  readonly #settings: AlertSettings

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  judge(source: AlertSource): Judgement {
    const recent = source.lastTenSeconds()
    if (recent === null || recent.messages < leastMessages) return 'well'
    const { p99ProcessingTimeMs: value, messages } = recent
    const threshold = this.#settings.latencyP99Ms
    if (value <= threshold) return value <= threshold * relief ? 'well' : 'neither'
    return {
      severity: value >= threshold * criticalTimes ? 'critical' : 'warning',
      reason: `of ${counted(messages, 'message')} in the last ten seconds one in a hundred took ${formatMs(value)} and more, from the socket to the return of the handler`,
      isCertain: false,
      value,
      threshold,
      unit: 'ms',
    }
  }
}
