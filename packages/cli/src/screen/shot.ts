import type {
  BalanceData,
  BookTickerData,
  Channel,
  ConnectionState,
  ExecutionData,
  Level,
  OrderData,
  PublicTrade,
  StreamStatus,
} from '@tapewire/core'

/** What a screen shows of one instrument of one exchange, taken at one moment: nothing in it changes any more. Times are epoch ms. */
export interface Shot {
  readonly at: number
  readonly exchange: string
  readonly title: string
  readonly isEmulated: boolean
  readonly symbol: string
  /** Its place among the exchange's instruments, from 0, and how many there are. */
  readonly symbolIndex: number
  readonly symbols: number
  readonly health: Health
  readonly trail: Trail
  readonly book: ShownBook | null
  readonly quote: BookTickerData | null
  /** Change over 24 hours as a fraction; null before the first ticker. */
  readonly change: number | null
  /** Halfway between bid and ask, oldest first. */
  readonly mids: readonly number[]
  readonly priceDigits: number
  readonly sizeDigits: number
  /** Newest first. */
  readonly trades: readonly ShownTrade[]
  readonly connections: readonly ShownConnection[]
  readonly streams: readonly ShownStream[]
  readonly alerts: readonly ShownAlert[]
  /** Newest first. */
  readonly log: readonly ShownEvent[]
  readonly account: ShownAccount | null
}

/** What one looks at first when something feels wrong. Rate and p99 are of the last ten seconds, counts since the start. */
export interface Health {
  readonly connected: number
  readonly connections: number
  readonly messagesPerSecond: number
  readonly p99Ms: number
  /** Our clock minus the exchange's; null before the first timed message. */
  readonly lagMs: number | null
  readonly gaps: number
  readonly dropped: number
  readonly errors: number
  readonly unknown: number
  readonly reconnects: number
}

/** A value a second, oldest first. */
export interface Trail {
  readonly p99Ms: readonly number[]
  readonly messagesPerSecond: readonly number[]
}

export interface ShownBook {
  readonly status: StreamStatus
  readonly reason: string
  readonly since: number
  /** Best first. */
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

export interface ShownTrade extends PublicTrade {
  readonly number: number
}

export interface ShownConnection {
  readonly id: string
  readonly state: ConnectionState
  readonly since: number
  /** Of the attempt that is under way or waits; null where the connection stands. */
  readonly attempt: number | null
  readonly nextAttemptAt: number | null
  readonly messagesPerSecond: number
  readonly streams: number
  readonly activeStreams: number
}

export interface ShownStream {
  readonly channel: Channel
  /** `BTC/USDT 1m`; `all` of a stream that has no instrument of its own. */
  readonly name: string
  readonly status: StreamStatus
  readonly reason: string
  readonly since: number
}

export interface ShownAlert {
  readonly kind: string
  readonly severity: 'warning' | 'critical'
  readonly reason: string
  readonly advice: string
  /** URL of what the documentation says of it. */
  readonly docs: string
  readonly since: number
}

export interface ShownEvent {
  readonly at: number
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
}

export interface ShownAccount {
  /** The one that changed last comes first. */
  readonly orders: readonly (OrderData & { readonly symbol: string })[]
  /** Newest first. */
  readonly executions: readonly (ExecutionData & { readonly symbol: string })[]
  readonly balances: readonly BalanceData[]
}
