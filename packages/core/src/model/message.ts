import type { Channel } from './channel.js'
import type { FailureKind } from './failure-kind.js'
import type { Instrument } from './instrument.js'
import type { MessageType } from './message-type.js'
import type {
  BalanceData,
  BookTickerData,
  CandleData,
  ExecutionData,
  OrderbookData,
  OrderData,
  PublicTrade,
  TickerData,
} from './payloads.js'

/**
 * One message, always with the same fields in the same order, so that a single object shape flows everywhere.
 * `exchangeTime` is the exchange's own time of the event and `receivedAt` ours, both epoch milliseconds.
 * `sequence` is the exchange's update id where it sends one. `raw` holds the frame only when asked for.
 */
interface MessageShape<Type extends MessageType, Symbol extends Instrument | null, Name extends Channel | null, Data> {
  readonly type: Type
  readonly symbol: Symbol
  readonly channel: Name
  readonly data: Data
  readonly exchangeTime: number | null
  readonly receivedAt: number
  readonly sequence: number | null
  raw: string | Uint8Array | null
}

type Types = typeof MessageType

export type OrderbookMessage = MessageShape<Types['Orderbook'], Instrument, 'orderbook', OrderbookData>
export type TradesMessage = MessageShape<Types['Trades'], Instrument, 'trades', readonly PublicTrade[]>
export type BookTickerMessage = MessageShape<Types['BookTicker'], Instrument, 'book_ticker', BookTickerData>
export type TickerMessage = MessageShape<Types['Ticker'], Instrument, 'ticker', TickerData>
export type CandleMessage = MessageShape<Types['Candle'], Instrument, 'candles', CandleData>
export type ExecutionMessage = MessageShape<Types['Trade'], Instrument, 'executions', ExecutionData>
export type OrderMessage = MessageShape<Types['Order'], Instrument, 'orders', OrderData>
export type BalanceMessage = MessageShape<Types['Balance'], null, 'balances', readonly BalanceData[]>

/** One stream the exchange refused, by `Stream.id`. */
export interface Refusal {
  readonly streamId: string
  /** The exchange's own code as text; null where it gave none. */
  readonly exchangeCode: string | null
  /** The exchange's own words. */
  readonly reason: string
  /** Set where the refusal is about who we are, not about the stream. */
  readonly code?: 'ERR_AUTHENTICATION_FAILED' | 'ERR_CLOCK_SKEW'
}

/** The exchange's answer to a subscribe or unsubscribe request. */
export interface Acknowledgement {
  readonly action: 'subscribe' | 'unsubscribe' | null
  /** The id our request carried; null where the exchange does not echo it. */
  readonly requestId: number | null
  /** The wire channel, for exchanges that answer in order instead of by id; null where it is not said. */
  readonly wireChannel: string | null
  /** `'all'` streams of the request, or the ids of those accepted. */
  readonly accepted: 'all' | readonly string[]
  /** Refused streams. */
  readonly rejected: readonly Refusal[]
  /**
   * Set where nothing of the request was accepted. With `rejected` empty, every stream is refused for this reason; otherwise the exchange refuses requests
   * whole for the sake of the streams in `rejected`, and the others are asked for again.
   */
  readonly refusedAll: Omit<Refusal, 'streamId'> | null
}

export type SubscriptionConfirmMessage = MessageShape<Types['SubscriptionConfirm'], null, null, Acknowledgement>
export type HeartbeatMessage = MessageShape<Types['Heartbeat'], null, null, { readonly kind: 'ping' | 'pong' }>

/** The exchange's answer to a request that is no subscription. */
export interface ReplyData {
  /** The id our request carried; null where the exchange does not echo it. */
  readonly requestId: number | null
  readonly ok: boolean
  /** The exchange's own code as text; null where it gave none. */
  readonly exchangeCode: string | null
  /** The exchange's own words where it refused; null otherwise. */
  readonly reason: string | null
  /** What it answered, as its protocol has it. */
  readonly payload: unknown
}

export type ReplyMessage = MessageShape<Types['Reply'], null, null, ReplyData>

/** An error the exchange reported outside an acknowledgement, or bytes that could not be read. */
export interface ErrorData {
  /** The exchange's own code, or `ERR_MALFORMED_FRAME` for bytes that could not be read. */
  readonly code: string
  readonly message: string
  /** The wire channel it concerns, where known. */
  readonly wireChannel: string | null
  /** Set where the connection cannot go on: it is then replaced, as after a failure of that kind. */
  readonly failure: FailureKind | null
}

export type ErrorMessage = MessageShape<Types['Error'], Instrument | null, Channel | null, ErrorData>

/** Valid data outside the normalised channels; `notice` marks the venue's announcements. */
export interface OtherData {
  readonly wireChannel: string | null
  readonly notice: 'upgrade' | null
  readonly detail: string
}

export type OtherMessage = MessageShape<Types['Other'], Instrument | null, Channel | null, OtherData>
export type UnknownMessage = MessageShape<Types['Unknown'], null, null, { readonly reason: string }>

/** Everything a parser can return, discriminated by `type`. */
export type ParsedMessage =
  | OrderbookMessage
  | TradesMessage
  | BookTickerMessage
  | TickerMessage
  | CandleMessage
  | ExecutionMessage
  | OrderMessage
  | BalanceMessage
  | SubscriptionConfirmMessage
  | ReplyMessage
  | HeartbeatMessage
  | ErrorMessage
  | OtherMessage
  | UnknownMessage

/** What reaches a user's handler: everything but acknowledgements, replies and heartbeats, which the manager consumes. */
export type FeedMessage = Exclude<ParsedMessage, SubscriptionConfirmMessage | ReplyMessage | HeartbeatMessage>

/** The message of one type: `MessageOf<typeof MessageType.Trades>` is `TradesMessage`. */
export type MessageOf<Type extends MessageType> = Extract<ParsedMessage, { readonly type: Type }>
