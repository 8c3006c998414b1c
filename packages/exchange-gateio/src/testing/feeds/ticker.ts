import type { Instrument } from '@tapewire/core'
import type { MarketSimulator } from '@tapewire/testkit'
import { type Feed, type FeedContext, Gathering, wireNameOf } from './feed.js'

/** Pace of `spot.tickers`. Source: Gate.io spot WebSocket v4 docs. */
const intervalMs = 1_000

/** `spot.tickers`: statistics, a second after something changed. */
export function tickerFeed({ clock, market, pair, publish }: FeedContext): Feed {
  const gathering = new Gathering(clock, intervalMs, () => publish(tickerRow(market, pair)))
  return { onEvent: () => gathering.arm(), close: () => gathering.cancel() }
}

/** The statistics of one market, as REST writes them too. */
export function tickerRow(market: MarketSimulator, pair: Instrument): object {
  const { open, high, low, last, baseVolume, quoteVolume } = market.statistics(pair)
  const { bids, asks } = market.book(pair, 1)
  return {
    currency_pair: wireNameOf(pair),
    last,
    lowest_ask: asks[0]?.[0] ?? '',
    highest_bid: bids[0]?.[0] ?? '',
    change_percentage: ((Number(last) / Number(open) - 1) * 100).toFixed(4),
    base_volume: baseVolume,
    quote_volume: quoteVolume,
    high_24h: high,
    low_24h: low,
  }
}
