import type { AlertSettings } from '../alert-options.js'
import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertNews, AlertSource } from '../alert-source.js'
import { formatShare } from '../format.js'
import { RecentCount } from '../recent-count.js'

/** How long something counts, s. */
const seconds = 60

/** Fewer are a mishap: nothing has drifted. */
const leastUnreadable = 10

/** From this share on nothing of a feed is to be relied on. */
const criticalShare = 0.5

/** Counts how much a counter, which never goes back, has risen lately. */
class RecentRise {
  readonly #count = new RecentCount(seconds)
  #before = 0

  take(total: number, nowMs: number): number {
    if (total > this.#before) this.#count.add(nowMs, total - this.#before)
    this.#before = total
    return this.#count.total(nowMs)
  }
}

/** What the exchange sends is not what the adapter knows: frames that cannot be read, messages of no known kind, payloads that only the reference decoder reads. */
export class SchemaDriftRule implements AlertRule {
  readonly kind = 'schema-drift'
  readonly #settings: AlertSettings
  readonly #messages = new RecentRise()
  readonly #unknown = new RecentRise()
  readonly #malformed = new RecentCount(seconds)
  readonly #fallbacks = new Map<string, RecentRise>()

  constructor(settings: AlertSettings) {
    this.#settings = settings
  }

  hear(news: AlertNews, nowMs: number): boolean {
    if (news.kind === 'error' && news.error.code === 'ERR_MALFORMED_FRAME') this.#malformed.add(nowMs)
    // A single one is none: the next look is soon enough.
    return false
  }

  judge(source: AlertSource, nowMs: number): Judgement {
    const messages = this.#messages.take(source.messages(), nowMs)
    const unknown = this.#unknown.take(source.unknownMessages(), nowMs)
    const malformed = this.#malformed.total(nowMs)
    const byChannel = this.#fallbacksOf(source.fallbacks(), nowMs)
    const fallbacks = [...byChannel.values()].reduce((sum, count) => sum + count, 0)
    const unreadable = malformed + unknown + fallbacks
    const threshold = this.#settings.unreadableShare
    const value = Math.min(1, unreadable / Math.max(messages, unreadable, 1))
    if (unreadable < leastUnreadable || value < threshold) return unreadable === 0 ? 'well' : 'neither'
    const of = fallbacks === 0 ? '' : ` (${[...byChannel.keys()].join(', ')})`
    return {
      severity: value >= criticalShare ? 'critical' : 'warning',
      reason: `${formatShare(value)} of what came in the last minute was not as the adapter knows it: ${malformed} could not be read, ${unknown} of no known kind, ${fallbacks} left to the reference decoder${of}`,
      isCertain: false,
      value,
      threshold,
      unit: 'ratio',
    }
  }

  #fallbacksOf(totals: ReadonlyMap<string, number>, nowMs: number): ReadonlyMap<string, number> {
    const recent = new Map<string, number>()
    for (const [wireChannel, total] of totals) {
      const rise = this.#fallbacks.get(wireChannel) ?? new RecentRise()
      this.#fallbacks.set(wireChannel, rise)
      const count = rise.take(total, nowMs)
      if (count > 0) recent.set(wireChannel, count)
    }
    return recent
  }
}
