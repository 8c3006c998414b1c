import type { AlertRule, Judgement } from '../alert-rule.js'
import type { AlertNews, AlertSource } from '../alert-source.js'
import { counted } from '../format.js'
import { RecentCount } from '../recent-count.js'

/** How long a difference counts, s. */
const seconds = 600

/** An audit found that an order book is not the exchange's. */
export class BookDivergenceRule implements AlertRule {
  readonly kind = 'book-divergence'
  readonly #found = new RecentCount(seconds)
  #latest: Extract<AlertNews, { kind: 'divergence' }> | null = null

  hear(news: AlertNews, nowMs: number): boolean {
    if (news.kind !== 'divergence') return false
    this.#found.add(nowMs)
    this.#latest = news
    return true
  }

  judge(_source: AlertSource, nowMs: number): Judgement {
    const value = this.#found.total(nowMs)
    if (value === 0 || this.#latest === null) return 'well'
    const { divergence, stream } = this.#latest
    const { symbol, side, index, expected, got } = divergence
    return {
      severity: 'critical',
      reason: `${counted(value, 'audit')} in the last ten minutes found a difference, the latest in ${symbol.name}: level ${index} of the ${side} is ${levelText(got)}, and ${levelText(expected)} at the exchange`,
      isCertain: true,
      stream,
      value,
      threshold: 0,
      unit: 'audits',
    }
  }
}

function levelText(level: { readonly price: number; readonly size: number } | null): string {
  return level === null ? 'none' : `${level.size} at ${level.price}`
}
