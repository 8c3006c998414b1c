import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertNews, AlertSource } from '../alert-source.js'
import { counted } from '../format.js'
import { RecentCount } from '../recent-count.js'

/** How long a drop counts, s. */
const seconds = 60

/** Messages were dropped, because more waited than may. */
export class DropRule implements AlertRule {
  readonly kind = 'drop'
  readonly #settings: AlertSettings
  readonly #drops = new RecentCount(seconds)
  #connectionId: string | null = null

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  hear(news: AlertNews, nowMs: number): boolean {
    if (news.kind !== 'drop') return false
    this.#drops.add(nowMs)
    this.#connectionId = news.connectionId
    return true
  }

  judge(_source: AlertSource, nowMs: number): Judgement {
    const value = this.#drops.total(nowMs)
    const { drops: threshold } = this.#settings
    if (value <= threshold) return value === 0 ? 'well' : 'neither'
    return {
      severity: 'warning',
      reason: `${counted(value, 'message')} dropped in the last minute, the latest of ${this.#connectionId}: more waited than maxPendingMessages`,
      isCertain: true,
      connectionId: this.#connectionId,
      value,
      threshold,
      unit: 'messages',
    }
  }
}
