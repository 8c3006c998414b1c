import type { Channel, TraitsOf } from './channel.js'
import type { FailureKind } from './failure-kind.js'
import type { Instrument } from './instrument.js'
import type { MessageType } from './message-type.js'
import type { ChannelPayloads } from './payloads.js'
import type { Stream, StreamStatus } from './stream.js'

/**
 * One message, always with the same fields in the same order, so that a single object shape flows everywhere.
 * `stream` is what it came on. `exchangeTime` is the exchange's own time of the event and `receivedAt` ours, both epoch milliseconds.
 * `sequence` is the exchange's update id where it sends one. `raw` holds the frame only when asked for. `backfilled` is there, and true, on what was fetched over
 * REST because the stream missed it, or replayed from where it was kept; no other message has the field.
 */
interface MessageShape<
  Type extends MessageType,
  Source extends Stream | null,
  Symbol extends Instrument | null,
  Name extends Channel | null,
  Data,
> {
  readonly type: Type
  readonly stream: Source
  readonly symbol: Symbol
  readonly channel: Name
  readonly data: Data
  readonly exchangeTime: number | null
  readonly receivedAt: number
  readonly sequence: number | null
  raw: string | Uint8Array | null
  readonly backfilled?: true
}

type Types = typeof MessageType

/** The messages of one channel: `ChannelMessage<'trades'>`. */
export type ChannelMessage<Name extends Channel> = Name extends Channel
  ? MessageShape<
      TraitsOf<Name>['type'],
      Stream,
      TraitsOf<Name>['perInstrument'] extends true ? Instrument : null,
      Name,
      ChannelPayloads[Name]
    >
  : never

/** Market and account data of any channel. */
export type DataMessage = ChannelMessage<Channel>

export type OrderbookMessage = ChannelMessage<'orderbook'>

/** One stream the exchange refused, by `Stream.id`. */
export interface Refusal {
  readonly streamId: string
  /** The exchange's own code as text; null where it gave none. */
  readonly exchangeCode: string | null
  /** The exchange's own words. */
  readonly reason: string
  /** Set where the refusal is about who we are, not about the stream. */
  readonly code?: 'ERR_AUTHENTICATION_FAILED' | 'ERR_CLOCK_SKEW'
  /**
   * Set where the refusal blames the exchange or the moment (a server error, too many requests), not the stream: one that was live before is asked for again
   * after a while, and whoever asks for the first time is refused. Not beside `code`.
   */
  readonly retryable?: boolean
}

/** Why streams were refused that an answer does not name one by one. */
export type CommonRefusal = Omit<Refusal, 'streamId'>

/**
 * The exchange's answer to a subscribe or unsubscribe. It settles streams, not requests: one answer may be about one, some or all streams of a request, and a
 * request may be answered in any number of frames, early, late, twice or never.
 */
export interface Acknowledgement {
  readonly action: 'subscribe' | 'unsubscribe' | null
  /** The id our request carried; null where the exchange does not echo it. */
  readonly requestId: number | null
  /** The wire channel, for exchanges that answer in order instead of by id; null where it is not said. */
  readonly wireChannel: string | null
  /** Ids of the streams it accepts by name. */
  readonly accepted: readonly string[]
  /** Streams it refuses by name. */
  readonly rejected: readonly Refusal[]
  /**
   * What it says of the streams of its request that it does not name:
   * - `accepted`
   * - `pending`: another answer will come
   * - `again`: they went down with the named ones, and are to be asked for again
   * - `{ split }`: they went down, and the reason may be about one of them alone, nobody knows which. Each half is asked for again as a request of its own, until
   *   the one is alone in its request, which is then refused for that reason; n streams cost fewer than 2n requests. An `again` that names none of the request's
   *   streams is read so too
   * - they are refused, each for this reason: it is about all of them (who asks, what kind of request it is), and to ask again would not help
   *
   * A request that was accepted in this way and is refused so later, by its id, has ended. Where it names no stream at all and no request either, it is the oldest
   * request's that waits, or an older one's that was given up.
   *
   * A refusal by a name that is no stream of the request is about what the answer does not name, where that is no more than was refused by such names;
   * otherwise it is reported (`ERR_SUBSCRIPTION_REJECTED` to `onError`), and says nothing of the others.
   */
  readonly others: 'accepted' | 'pending' | 'again' | { readonly split: CommonRefusal } | CommonRefusal
}

export type SubscriptionConfirmMessage = MessageShape<Types['SubscriptionConfirm'], null, null, null, Acknowledgement>

/** A ping or pong of the exchange's own, as opposed to the WebSocket protocol's. */
export interface HeartbeatData {
  readonly kind: 'ping' | 'pong'
  /** What the exchange wants to hear in answer to its ping, as it goes on the wire; null where it wants nothing. */
  readonly reply: string | null
}

export type HeartbeatMessage = MessageShape<Types['Heartbeat'], null, null, null, HeartbeatData>

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

export type ReplyMessage = MessageShape<Types['Reply'], null, null, null, ReplyData>

/**
 * An error the exchange reported outside an acknowledgement, or bytes that could not be read. Where the message names a `stream`, that stream is wrong from
 * here on, and it alone is gapped and healed: an order book is fetched anew, any other stream is live again with its next data. Bytes that could not be read and
 * name none gap the streams of their `wireChannel`, or without that all of their connection.
 */
export interface ErrorData {
  /**
   * The exchange's own code, `ERR_EXCHANGE_ERROR` where it gave none, `ERR_MALFORMED_FRAME` for bytes that could not be read, or `ERR_RELAY_GAP` where the stream is wrong by no fault
   * of the exchange: whoever brings it from there has lost something, and `message` is a sentence that says so.
   */
  readonly code: string
  readonly message: string
  /** The wire channel it concerns, where known. */
  readonly wireChannel: string | null
  /** Set where the connection cannot go on: it is then replaced, as after a failure of that kind. */
  readonly failure: FailureKind | null
  /** Of an error that names a `stream`, where its messages come by way of somebody else: nothing that was sent before is missing, epoch ms by our clock. Without it the connection's pings say so. */
  readonly wholeUntil?: number
}

export type ErrorMessage = MessageShape<Types['Error'], Stream | null, Instrument | null, Channel | null, ErrorData>

/**
 * Valid data outside the normalised channels. `notice` marks what is acted upon: an announcement of the exchange, or, with a `stream`, how that is as whoever brings it from the exchange
 * says: `stale` where nothing comes for longer than expected, `live` where that is over or of no concern, `gapped` where more is missed of it until it is `syncing` or brings something. `detail` is
 * the reason then.
 */
export interface OtherData {
  readonly wireChannel: string | null
  readonly notice: 'upgrade' | StreamStatus | null
  readonly detail: string
}

export type OtherMessage = MessageShape<Types['Other'], Stream | null, Instrument | null, Channel | null, OtherData>
export type UnknownMessage = MessageShape<Types['Unknown'], null, null, null, { readonly reason: string }>

/** Everything a parser can return, discriminated by `type`. */
export type ParsedMessage =
  | DataMessage
  | SubscriptionConfirmMessage
  | ReplyMessage
  | HeartbeatMessage
  | ErrorMessage
  | OtherMessage
  | UnknownMessage

/** What reaches a user's handler: everything but acknowledgements, replies and heartbeats, which the manager consumes. */
export type FeedMessage = Exclude<ParsedMessage, SubscriptionConfirmMessage | ReplyMessage | HeartbeatMessage>

/** The message of one type: `MessageOf<typeof MessageType.Trades>` is `ChannelMessage<'trades'>`. */
export type MessageOf<Type extends MessageType> = Extract<ParsedMessage, { readonly type: Type }>
