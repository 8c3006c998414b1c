import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertNews, AlertSource } from '../alert-source.js'
import { counted } from '../format.js'
import { RecentCounts } from '../recent-counts.js'

/** How long an attempt counts, s. */
const seconds = 300

/** A connection is lost, or cannot be restored, again and again. One that gives its place to a new one is none. */
export class ReconnectStormRule implements AlertRule {
  readonly kind = 'reconnect-storm'
  readonly #settings: AlertSettings
  readonly #attempts = new RecentCounts<string>(seconds)
  #latestCode: string | null = null

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  hear(news: AlertNews, nowMs: number): boolean {
    if (news.kind !== 'connection') return false
    const { attempt, delayMs, breaker, error } = news.change
    // The attempts of an open breaker are rare, and an alert of their own.
    if (attempt === null || delayMs === null || breaker !== 'closed') return false
    this.#attempts.add(news.connectionId, nowMs)
    this.#latestCode = error?.code ?? null
    return true
  }

  judge(_source: AlertSource, nowMs: number): Judgement {
    const threshold = this.#settings.reconnectAttempts
    const connections = this.#attempts.reaching(threshold, nowMs)
    const [worst] = connections
    if (worst === undefined) return this.#attempts.reaching(1, nowMs).length === 0 ? 'well' : 'neither'
    const others =
      connections.length === 1 ? '' : `, and ${counted(connections.length - 1, 'other connection')} as often`
    const last = this.#latestCode === null ? '' : `; the last error was ${this.#latestCode}`
    return {
      severity: 'warning',
      reason: `${worst.total} attempts to restore ${worst.key} in the last five minutes${others}${last}`,
      isCertain: true,
      connectionId: connections.length === 1 ? worst.key : null,
      value: worst.total,
      threshold,
      unit: 'attempts',
    }
  }
}
