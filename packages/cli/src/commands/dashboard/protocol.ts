import type {
  BookTickerData,
  BreakerState,
  CandleData,
  Channel,
  ConnectionState,
  GapEvent,
  PublicTrade,
  StreamStatus,
  TickerData,
} from '@tapewire/core'

/**
 * What server and page of `tapewire dashboard` say to each other: JSON texts over one WebSocket at `livePath`. Types only, because the page is built from them too.
 * Times are epoch ms of the server's clock (of the exchange's, where a field of a payload says so), durations ms, shares 0 to 1. What is not known is null.
 *
 * The page offers the subprotocol `tapewire.dashboard.1`, and where a token is required the subprotocol `token.<token>` beside it; the token comes to the page in the
 * fragment of its address, `#token=<token>`, which a browser never sends. The server always answers with the first.
 */
export type LivePath = '/live'
export type LiveSubprotocol = 'tapewire.dashboard.1'

/**
 * Why the server closed the socket, beside the usual codes: 4401 the token is missing or wrong, 1013 as many pages are connected as may be, 1008 the page sent too much,
 * 1001 the command ends.
 */
export type LiveCloseCode = 4401 | 1013 | 1008 | 1001

export type ServerMessage = HelloMessage | StateMessage | MarketMessage
export type PageMessage = SelectMessage | PaceMessage | CutMessage | MuteMessage

/** Comes first, once. */
export interface HelloMessage {
  readonly type: 'hello'
  /** Of the command. */
  readonly version: string
  /** At least one. Until it selects, a page has selected the first symbol of the first. */
  readonly exchanges: readonly ShownExchange[]
}

export interface ShownExchange {
  /** `acme_spot`: what other messages call it. */
  readonly name: string
  /** `Acme spot`. */
  readonly title: string
  /** Whether it runs on this machine, over a simulated market: only then may it be cut and muted. */
  readonly isEmulated: boolean
  readonly symbols: readonly string[]
  readonly channels: readonly Channel[]
}

/**
 * How one exchange's feed is: once a second for each exchange, and once at the beginning. The first one is whole; each that follows says what has changed since the last
 * one that this page was sent, so that a thousand streams that are well cost no more than their rates.
 */
export interface StateMessage {
  readonly type: 'state'
  readonly at: number
  readonly exchange: string
  /** Whether nothing counts of what was said before: so at the beginning, and where a stream is gone. */
  readonly isWhole: boolean
  readonly metrics: ShownMetrics
  /** One a second, oldest first: all that is kept (at most 300) in the first message of an exchange, afterwards what is new. */
  readonly history: readonly RateSample[]
  /** All of them, each time. */
  readonly connections: readonly ToldConnection[]
  /** Those that are new, which come behind the others, or whose state or gaps have changed, which keep their place. */
  readonly streams: readonly ShownStream[]
  /** Of the others that have brought something, or whose rate has changed. */
  readonly traffic: readonly StreamTraffic[]
  /** Those raised and not cleared. This and the next two are left out where they are as they were. */
  readonly alerts?: readonly ShownAlert[]
  /** The latest, newest first, at most 50. */
  readonly gaps?: readonly ShownGap[]
  /** The latest, newest first, at most 50. */
  readonly log?: readonly ShownEvent[]
}

/** A stream by its place among all that were told, from 0; and how long ago its last message came at `at`, ms, null before the first. */
export type StreamTraffic = readonly [place: number, messagesPerSecond: number, quietMs: number | null]

/** The market of what is selected, as often as the page draws. Each holds everything that changed since the last one: nothing is queued. */
export interface MarketMessage {
  readonly type: 'market'
  readonly at: number
  readonly exchange: string
  readonly symbol: string
  /** Whether it holds all trades and candles that are kept: so after `select`. Otherwise those that are new or changed. */
  readonly isWhole: boolean
  /** Digits after the point that prices and sizes have had at most. */
  readonly priceDigits: number
  readonly sizeDigits: number
  /** Null where no book is kept. */
  readonly book: ShownBook | null
  /** Null before the first. */
  readonly quote: BookTickerData | null
  readonly ticker: TickerData | null
  /** Newest last, at most 200. */
  readonly trades: readonly ShownTrade[]
  /** Trades that came since the last message and are not in this one, because more came than are kept. */
  readonly missedTrades: number
  /** Of one minute, oldest first, at most 300; one whose `openTime` the page has already takes its place. */
  readonly candles: readonly CandleData[]
}

export interface ShownTrade extends PublicTrade {
  /** Counts up by one, per symbol: not every exchange's trades have an id. */
  readonly number: number
  /** Whether it was fetched because the stream had missed it: it is older than where it stands. */
  readonly isBackfilled: boolean
}

/** Levels as `[price, size]`, best first, at most 100 a side. Only a `live` book is the exchange's truth. */
export interface ShownBook {
  readonly status: StreamStatus
  readonly reason: string
  readonly since: number
  readonly bids: readonly (readonly [price: number, size: number])[]
  readonly asks: readonly (readonly [price: number, size: number])[]
}

export interface ShownMetrics {
  readonly messages: number
  readonly bytes: number
  readonly last1s: ShownWindow
  readonly last10s: ShownWindow
  readonly last1min: ShownWindow
  /** From the read of the socket to the return of the handler, over the last minute. `boundsMs` are upper ones, ascending; `counts` has one more: what was above all. */
  readonly latency: ShownHistogram
  /** How long reconnections took, since the start. */
  readonly recovery: ShownHistogram
  /** Our clock at receipt minus the exchange's time of the event. */
  readonly lastLagMs: number | null
  readonly dropped: number
  readonly superseded: number
  readonly errors: number
  readonly unknown: number
  readonly reconnections: number
  readonly connectionFailures: number
  readonly gaps: number
  readonly lostGaps: number
  readonly backfilled: number
  readonly pending: number
  readonly books: number
  readonly liveBooks: number
  readonly uptimeMs: number
  readonly stability: number
  /** Share of messages handled in under 1 ms, since the start. */
  readonly complianceRate: number
  /** Where a frame's time went; null where it is not measured. */
  readonly stages: ShownStages | null
  /** Of the process; null where it is not measured. */
  readonly eventLoop: ShownEventLoop | null
}

export interface ShownWindow {
  /** What it really covers, at most its length. */
  readonly seconds: number
  readonly messagesPerSecond: number
  readonly bytesPerSecond: number
  readonly averageMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
  readonly complianceRate: number
  readonly averageLagMs: number | null
}

export interface ShownHistogram {
  readonly boundsMs: readonly number[]
  readonly counts: readonly number[]
}

export interface ShownStages {
  readonly socketToParser: ShownStage
  readonly parser: ShownStage
  readonly handler: ShownStage
}

export interface ShownStage {
  readonly averageMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export interface ShownEventLoop {
  readonly delayP50Ms: number
  readonly delayP99Ms: number
  readonly delayMaxMs: number
  readonly utilization: number
  readonly gcPauses: number
  readonly gcTotalMs: number
  readonly gcMaxMs: number
}

/** One second of a feed. */
export interface RateSample {
  readonly at: number
  readonly messagesPerSecond: number
  readonly bytesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly lagMs: number | null
}

export interface ShownConnection {
  /** `acme_spot#1`; of the account's, `acme_spot account#1`. Stable over reconnects. */
  readonly connectionId: string
  readonly state: ConnectionState
  readonly breaker: BreakerState
  readonly streams: number
  readonly activeStreams: number
  readonly messagesPerSecond: number
  readonly reconnections: number
  readonly stability: number
  /** What it was and is lately, oldest first, at most 50; the last one goes on. */
  readonly spans: readonly ShownSpan[]
}

/** A connection as it is told: its spans are null where they are as they were. */
export type ToldConnection = Omit<ShownConnection, 'spans'> & { readonly spans: ShownConnection['spans'] | null }

export interface ShownSpan {
  readonly state: ConnectionState
  readonly since: number
  /** Null while it goes on. */
  readonly until: number | null
  /** Why, for people: the code of the error that led here. */
  readonly reason: string | null
  /** The number of the attempt, in a row; null where there is none. */
  readonly attempt: number | null
}

export interface ShownStream {
  readonly id: string
  /** Null of a stream of many instruments, or of an account. */
  readonly symbol: string | null
  readonly channel: Channel
  readonly status: StreamStatus
  readonly reason: string
  readonly since: number
  /** Over the last ten seconds, to a tenth. */
  readonly messagesPerSecond: number
  /** Null before the first. */
  readonly lastMessageAt: number | null
  readonly gaps: number
}

/** As the library's `Alert`. */
export interface ShownAlert {
  readonly kind: string
  readonly severity: 'warning' | 'critical'
  readonly reason: string
  readonly advice: string
  /** Where it is explained. */
  readonly docs: string
  readonly since: number
  readonly connectionId: string | null
  readonly stream: string | null
  readonly value: number | null
  readonly threshold: number | null
  readonly unit: string | null
}

/** As the library's `GapEvent`. */
export interface ShownGap {
  readonly stream: string
  readonly channel: Channel
  readonly symbol: string | null
  readonly from: number
  readonly to: number | null
  readonly reason: string
  readonly action: GapEvent['action']
  readonly backfilled: number
  readonly fault: string | null
}

export interface ShownEvent {
  readonly at: number
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
}

/** Shows this market from now on. The answer is a whole `market`. */
export interface SelectMessage {
  readonly type: 'select'
  readonly exchange: string
  readonly symbol: string
}

/** How long one drawing takes the page, ms, 16 to 5,000: a market comes no more often, whatever the server's own rate. */
export interface PaceMessage {
  readonly type: 'pace'
  readonly frameMs: number
}

/** Over emulations only: the exchange drops every connection of the feed, as a network does, and is not reached again before `seconds` are over, 0 to 30. */
export interface CutMessage {
  readonly type: 'cut'
  readonly exchange: string
  readonly seconds: number
}

/** Over emulations only: the exchange sends nothing of this symbol for a while, on connections that stay up. `seconds`: 1 to 60. */
export interface MuteMessage {
  readonly type: 'mute'
  readonly exchange: string
  readonly symbol: string
  readonly seconds: number
}
