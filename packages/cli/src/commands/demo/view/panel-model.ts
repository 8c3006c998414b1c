import type { BalanceData, ConnectionState } from '@tapewire/core'
import type { DemoExchange } from '../demo-exchange.js'
import { reportOf } from '../demo-report.js'
import type { ShownExecution, ShownOrder } from '../shown-account.js'
import type { PairQuote, ShownTrade } from '../shown-market.js'

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
  readonly trades: readonly ShownTrade[]
  readonly orders: readonly ShownOrder[]
  readonly executions: readonly ShownExecution[]
  readonly balances: readonly BalanceData[]
}

export function panelModel(exchange: DemoExchange): PanelModel {
  const { state, p99Ms, dropped, superseded, errors } = reportOf(exchange)
  const metrics = exchange.metrics()
  const streams = exchange.streamStates()
  const { quotes, trades } = exchange.market
  const { openOrders: orders, executions, balances } = exchange.account
  return {
    title: exchange.title,
    url: exchange.endpoints.url,
    state,
    messagesPerSecond: metrics.reduce((total, { messagesPerSecond }) => total + messagesPerSecond, 0),
    p99Ms,
    lagMs: metrics[0]?.lastLagMs ?? null,
    dropped,
    superseded,
    errors,
    liveStreams: streams.filter(({ status }) => status === 'live').length,
    streams: streams.length,
    quotes,
    trades,
    orders,
    executions,
    balances,
  }
}
