import type { BalanceData, ConnectionState } from '@tapewire/core'
import type { LiveExecution, LiveOrder } from '../../../live/live-account.js'
import type { LiveMarket, LiveTrade } from '../../../live/live-market.js'
import type { EmulatedFeed } from '../../../live/open-emulated-feeds.js'
import { reportOf } from '../demo-report.js'

/** One instrument in a line. */
export type PairQuote = Pick<LiveMarket, 'symbol' | 'quote' | 'ticker' | 'priceDigits' | 'history'>

export interface TapedTrade extends LiveTrade {
  readonly symbol: string
}

const mostTrades = 20

/** Everything one panel shows, taken at one moment. */
export interface PanelModel {
  readonly title: string
  readonly url: string
  readonly state: ConnectionState
  /** Over the last ten seconds. */
  readonly messagesPerSecond: number
  readonly p99Ms: number
  /** Our clock minus the exchange's; null before the first timed message. */
  readonly lagMs: number | null
  readonly dropped: number
  readonly superseded: number
  readonly errors: number
  readonly liveStreams: number
  readonly streams: number
  readonly quotes: readonly PairQuote[]
  readonly trades: readonly TapedTrade[]
  readonly orders: readonly LiveOrder[]
  readonly executions: readonly LiveExecution[]
  readonly balances: readonly BalanceData[]
}

export function panelModel(feed: EmulatedFeed): PanelModel {
  const { state, p99Ms, dropped, superseded, errors } = reportOf(feed)
  const metrics = feed.metrics()
  const streams = feed.streams()
  const quotes = feed.symbols.map((symbol) => feed.market(symbol))
  return {
    title: feed.title,
    url: feed.emulation.endpoints.url,
    state,
    messagesPerSecond: metrics.messagesPerSecond + (feed.account?.metrics().messagesPerSecond ?? 0),
    p99Ms,
    lagMs: metrics.lastLagMs,
    dropped,
    superseded,
    errors,
    liveStreams: streams.filter(({ status }) => status === 'live').length,
    streams: streams.length,
    quotes,
    trades: latestTrades(quotes),
    orders: feed.account?.openOrders ?? [],
    executions: feed.account?.executions ?? [],
    balances: feed.account?.balances ?? [],
  }
}

/** Of all markets together, newest first. */
function latestTrades(markets: readonly LiveMarket[]): readonly TapedTrade[] {
  return markets
    .flatMap((market) => market.trades.slice(0, mostTrades).map((trade) => ({ ...trade, symbol: market.symbol })))
    .sort((left, right) => right.receivedAt - left.receivedAt)
    .slice(0, mostTrades)
}
