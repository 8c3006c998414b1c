import type { MeasuredFeed } from '@tapewire/core/prometheus'
import type { LiveFeed } from '../live/live-feed.js'

/** The managers behind what a screen shows, by the label of each. */
export function measuredFeeds(feeds: readonly LiveFeed[]): ReadonlyMap<MeasuredFeed, string> {
  return new Map(
    feeds.flatMap((feed) => {
      const { exchange, account } = feed
      const market: [MeasuredFeed, string] = [{ exchange, getPerformanceMetrics: () => feed.metrics() }, 'market']
      if (account === null) return [market]
      return [market, [{ exchange, getPerformanceMetrics: () => account.metrics() }, 'account']]
    }),
  )
}
