import type { PerformanceMetrics } from '../metrics/performance-metrics.js'

/** What is measured: an `ExchangeFeed` or a `WebSocketManager`. */
export interface MeasuredFeed {
  readonly exchange: string
  getPerformanceMetrics(): PerformanceMetrics
}

/** A feed at the time of one scrape. */
export interface ScrapedFeed {
  readonly exchange: string
  /** What tells it from other feeds of its exchange. */
  readonly feed: string
  readonly metrics: PerformanceMetrics
}

/** What feeds measure, read once for all the metrics of one scrape. */
export class Scrape {
  readonly #feeds: () => Iterable<MeasuredFeed>
  readonly #nameOf: (feed: MeasuredFeed) => string
  #taken: readonly ScrapedFeed[] | null = null

  constructor(feeds: () => Iterable<MeasuredFeed>, nameOf: (feed: MeasuredFeed) => string) {
    this.#feeds = feeds
    this.#nameOf = nameOf
  }

  /** A registry asks all of its metrics in one turn: whoever asks later asks for another scrape. */
  get feeds(): readonly ScrapedFeed[] {
    if (this.#taken === null) {
      this.#taken = Array.from(this.#feeds(), (feed) => ({
        exchange: feed.exchange,
        feed: this.#nameOf(feed),
        metrics: feed.getPerformanceMetrics(),
      }))
      queueMicrotask(() => {
        this.#taken = null
      })
    }
    return this.#taken
  }
}

/** Names feeds `1`, `2` and so on, each exchange’s in the order in which they are met. A name is never given to another, whose counters begin at 0. */
export function numbering(): (feed: MeasuredFeed) => string {
  const names = new WeakMap<MeasuredFeed, string>()
  const counts = new Map<string, number>()
  return (feed) => {
    const known = names.get(feed)
    if (known !== undefined) return known
    const count = (counts.get(feed.exchange) ?? 0) + 1
    const name = String(count)
    counts.set(feed.exchange, count)
    names.set(feed, name)
    return name
  }
}
