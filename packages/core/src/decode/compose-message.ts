import type { FailureKind } from '../model/failure-kind.js'
import type {
  Acknowledgement,
  ErrorMessage,
  HeartbeatMessage,
  OtherMessage,
  ReplyData,
  ReplyMessage,
  SubscriptionConfirmMessage,
  UnknownMessage,
} from '../model/message.js'
import { MessageType } from '../model/message-type.js'

/** The messages every exchange's parser composes alike. Each has the fields in the one order that keeps the object shape single. */

/** Bytes that could not be read, or an error the exchange reported. */
export function errorMessage(
  receivedAt: number,
  code: string,
  message: string,
  wireChannel: string | null = null,
  failure: FailureKind | null = null,
): ErrorMessage {
  const data = { code, message, wireChannel, failure }
  return {
    type: MessageType.Error,
    symbol: null,
    channel: null,
    data,
    exchangeTime: null,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/** Bytes that are not what the exchange's protocol consists of. `failure` as in `ErrorData`. */
export function malformedFrame(receivedAt: number, fault: string, failure: FailureKind | null = null): ErrorMessage {
  return errorMessage(receivedAt, 'ERR_MALFORMED_FRAME', fault, null, failure)
}

/** Well-formed, and nothing we know. */
export function unknownMessage(receivedAt: number, reason: string): UnknownMessage {
  const data = { reason }
  return {
    type: MessageType.Unknown,
    symbol: null,
    channel: null,
    data,
    exchangeTime: null,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/** Known, and outside what is normalised; with `notice` set, an announcement of the venue. */
export function otherMessage(
  receivedAt: number,
  wireChannel: string | null,
  detail: string,
  notice: 'upgrade' | null = null,
): OtherMessage {
  const data = { wireChannel, notice, detail }
  return {
    type: MessageType.Other,
    symbol: null,
    channel: null,
    data,
    exchangeTime: null,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/** A ping or pong of the exchange's own. */
export function heartbeatMessage(
  receivedAt: number,
  kind: 'ping' | 'pong',
  exchangeTime: number | null = null,
): HeartbeatMessage {
  return {
    type: MessageType.Heartbeat,
    symbol: null,
    channel: null,
    data: { kind },
    exchangeTime,
    receivedAt,
    sequence: null,
    raw: null,
  }
}

/** The exchange's answer to a subscribe or unsubscribe. */
export function confirmMessage(
  receivedAt: number,
  data: Acknowledgement,
  exchangeTime: number | null = null,
): SubscriptionConfirmMessage {
  return {
    type: MessageType.SubscriptionConfirm,
    symbol: null,
    channel: null,
    data,
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
    symbol: null,
    channel: null,
    data,
    exchangeTime,
    receivedAt,
    sequence: null,
    raw: null,
  }
}
