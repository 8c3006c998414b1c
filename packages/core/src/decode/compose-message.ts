import type { Channel } from '../model/channel.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { Instrument } from '../model/instrument.js'
import type {
  Acknowledgement,
  ChannelMessage,
  ErrorMessage,
  HeartbeatMessage,
  OtherMessage,
  ReplyData,
  ReplyMessage,
  SubscriptionConfirmMessage,
  UnknownMessage,
} from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { ChannelPayloads } from '../model/payloads.js'
import type { Stream, StreamStatus, TrackedStream } from '../model/stream.js'

/** The messages that parsers compose. Each has the fields in the one order that keeps the object shape single. */

/**
 * Market or account data of a stream's main channel. `symbol` is the stream's own instrument, or the one of many that this message is about; null where the
 * channel is about none. `sequence` is the exchange's update id, null where it sends none.
 */
export function dataMessage<Name extends Channel>(
  stream: Stream,
  symbol: Instrument | null,
  data: ChannelPayloads[Name],
  exchangeTime: number | null,
  receivedAt: number,
  sequence: number | null,
): ChannelMessage<Name> {
  const message = {
    type: (stream as TrackedStream).type,
    stream,
    symbol,
    channel: stream.channel,
    data,
    exchangeTime,
    receivedAt,
    sequence,
    raw: null,
  }
  return message as unknown as ChannelMessage<Name>
}

/** Data that a stream carries beside its main channel: the quote in a ticker. `type` is the channel's. */
export function sideMessage<Name extends Channel>(
  channel: Name,
  type: ChannelMessage<Name>['type'],
  beside: ChannelMessage<Channel>,
  data: ChannelPayloads[Name],
): ChannelMessage<Name> {
  const { stream, symbol, exchangeTime, receivedAt, sequence } = beside
  const message = { type, stream, symbol, channel, data, exchangeTime, receivedAt, sequence, raw: null }
  return message as unknown as ChannelMessage<Name>
}

/** What an ERROR can say beyond its words. */
export interface ErrorDetails {
  /** The wire channel it concerns, where no stream is known. */
  readonly wireChannel?: string | null
  /** The stream that is wrong from here on: it alone is gapped and healed. */
  readonly stream?: Stream | null
  /** Set where the connection cannot go on: it is then replaced, as after a failure of that kind. */
  readonly failure?: FailureKind | null
  /** Nothing of the stream that was sent before is missing, epoch ms by our clock: where that is not what the connection's own pings say. */
  readonly wholeUntil?: number
}

/** Bytes that could not be read, or an error the exchange reported. */
export function errorMessage(
  receivedAt: number,
  code: string,
  message: string,
  { wireChannel, stream = null, failure = null, wholeUntil }: ErrorDetails = {},
): ErrorMessage {
  const data = { code, message, wireChannel: wireChannel ?? stream?.wireChannel ?? null, failure }
  return {
    type: MessageType.Error,
    stream,
    symbol: stream?.instrument ?? null,
    channel: stream?.channel ?? null,
    data: wholeUntil === undefined ? data : { ...data, wholeUntil },
    exchangeTime: null,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/** Bytes that are not what the exchange's protocol consists of. */
export function malformedFrame(receivedAt: number, fault: string, details?: ErrorDetails): ErrorMessage {
  return errorMessage(receivedAt, 'ERR_MALFORMED_FRAME', fault, details)
}

/** Well-formed, and nothing we know. */
export function unknownMessage(receivedAt: number, reason: string): UnknownMessage {
  return {
    type: MessageType.Unknown,
    stream: null,
    symbol: null,
    channel: null,
    data: { reason },
    exchangeTime: null,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/** Known, and outside what is normalised; with `notice` set, an announcement of the exchange. */
export function otherMessage(
  receivedAt: number,
  wireChannel: string | null,
  detail: string,
  notice: 'upgrade' | null = null,
): OtherMessage {
  return {
    type: MessageType.Other,
    stream: null,
    symbol: null,
    channel: null,
    data: { wireChannel, notice, detail },
    exchangeTime: null,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/**
 * How a stream is, as whoever brings it from the exchange says: nothing comes of it for longer than expected (`stale`), or that is over (`live`); or it is away there (`gapped`) and misses more,
 * until it is asked for again (`syncing`) or brings something. What is missing at one moment, while the stream goes on, is an `errorMessage` of the stream. A book that is kept is gapped by such
 * an error alone.
 */
export function stateMessage(receivedAt: number, stream: Stream, status: StreamStatus, reason: string): OtherMessage {
  const { instrument: symbol, channel, wireChannel } = stream
  return {
    type: MessageType.Other,
    stream,
    symbol,
    channel,
    data: { wireChannel, notice: status, detail: reason },
    exchangeTime: null,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/** A ping or pong of the exchange's own; `reply` as in `HeartbeatData`. */
export function heartbeatMessage(
  receivedAt: number,
  kind: 'ping' | 'pong',
  exchangeTime: number | null = null,
  reply: string | null = null,
): HeartbeatMessage {
  return {
    type: MessageType.Heartbeat,
    stream: null,
    symbol: null,
    channel: null,
    data: { kind, reply },
    exchangeTime,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/** What an acknowledgement says where nothing else is said: nothing is named, and more may come. */
const blankAcknowledgement: Acknowledgement = {
  action: null,
  requestId: null,
  wireChannel: null,
  accepted: [],
  rejected: [],
  others: 'pending',
}

/** The exchange's answer to a subscribe or unsubscribe; what is left out is not said. */
export function confirmMessage(
  receivedAt: number,
  answer: Partial<Acknowledgement>,
  exchangeTime: number | null = null,
): SubscriptionConfirmMessage {
  return {
    type: MessageType.SubscriptionConfirm,
    stream: null,
    symbol: null,
    channel: null,
    data: { ...blankAcknowledgement, ...answer },
    exchangeTime,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/** The exchange's answer to a request that is no subscription. */
export function replyMessage(receivedAt: number, data: ReplyData, exchangeTime: number | null = null): ReplyMessage {
  return {
    type: MessageType.Reply,
    stream: null,
    symbol: null,
    channel: null,
    data,
    exchangeTime,
    receivedAt,
    sequence: null,
    raw: null,
  }
}
