import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertNews, AlertSource } from '../alert-source.js'
import { counted, formatMs } from '../format.js'

/** How long a delay counts, ms. */
const windowMs = 60_000

/** So many delays are too many; one so many times as long is enough. */
const leastDelays = 3
const timesAsLong = 10

interface Delay {
  readonly at: number
  readonly lateMs: number
}

/** The event loop is kept from its work, so that sockets are not read and timers are late: known by how late our own timer is. */
export class EventLoopBlockedRule implements AlertRule {
  readonly kind = 'event-loop-blocked'
  readonly #settings: AlertSettings
  /** No more than there are looks in a minute. */
  #delays: readonly Delay[] = []

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  hear(news: AlertNews, nowMs: number): boolean {
    if (news.kind !== 'look' || news.lateMs < this.#settings.eventLoopDelayMs) return false
    this.#delays = [...this.#recent(nowMs), { at: nowMs, lateMs: news.lateMs }]
    return false
  }

  judge(_source: AlertSource, nowMs: number): Judgement {
    this.#delays = this.#recent(nowMs)
    if (this.#delays.length === 0) return 'well'
    const threshold = this.#settings.eventLoopDelayMs
    const value = Math.max(...this.#delays.map(({ lateMs }) => lateMs))
    if (this.#delays.length < leastDelays && value < threshold * timesAsLong) return 'neither'
    return {
      severity: 'warning',
      reason: `the process was kept from its event loop ${counted(this.#delays.length, 'time')} in the last minute, for ${formatMs(value)} at most: nothing is read meanwhile`,
      isCertain: true,
      value,
      threshold,
      unit: 'ms',
    }
  }

  #recent(nowMs: number): readonly Delay[] {
    return this.#delays.filter(({ at }) => nowMs - at < windowMs)
  }
}
