import type { Alert, Channel, GapEvent, OrderBook, PerformanceMetrics, StreamState } from '@tapewire/core'
import type { ConnectionSpan } from './connection-timeline.js'
import type { Emulation } from './emulation.js'
import type { LiveEvent } from './feed-log.js'
import type { LatencyMinute } from './latency-minute.js'
import type { LiveAccount } from './live-account.js'
import type { LiveMarket } from './live-market.js'
import type { RateHistory } from './rate-history.js'

/** What a screen shows of one exchange's feed: terminal and page read it as often as they draw. Everything in it is bounded. */
export interface LiveFeed {
  /** `acme_spot`. */
  readonly exchange: string
  /** `Acme spot`. */
  readonly title: string
  /** Whether the exchange runs on this machine, over a simulated market. */
  readonly isEmulated: boolean
  /** What such an exchange can be made to do; null of a real one. */
  readonly emulation: Emulation | null
  /** By name, in the order in which they were asked for. */
  readonly symbols: readonly string[]
  /** Of the market. */
  readonly channels: readonly Channel[]
  /** The account's own feed; null without one. */
  readonly account: LiveAccountFeed | null
  /** Of the market's connections. */
  metrics(): PerformanceMetrics
  /** Of market and account. */
  streams(): readonly StreamState[]
  /** Null where no book is kept. */
  book(symbol: string): OrderBook | null
  /** One of `symbols`; throws a `RangeError` for another. */
  market(symbol: string): LiveMarket
  /** The last five minutes of the market's connections, second by second. */
  readonly history: RateHistory
  /** How long messages of the market took in the last minute. */
  readonly latency: LatencyMinute['histogram']
  /** What the connections of market and account were and are, by connection, oldest first. */
  readonly connections: readonly ConnectionSpan[]
  /** Those of market and account that are raised and not cleared, the latest last. */
  readonly alerts: readonly Alert[]
  /** Newest first, at most 100. */
  readonly gaps: readonly GapEvent[]
  /** Newest first, at most 200. */
  readonly log: readonly LiveEvent[]
  /** Ends connections, and an emulation behind them; resolves when no socket is left. */
  close(): Promise<void>
}

/** What is shown of an account, and how its connections are. */
export interface LiveAccountFeed extends Pick<LiveAccount, 'openOrders' | 'executions' | 'balances'> {
  /** Its connections are called `acme_spot account#1`: those of the market are `acme_spot#1`. */
  metrics(): PerformanceMetrics
}
