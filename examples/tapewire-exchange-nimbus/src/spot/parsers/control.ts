import {
  confirmMessage,
  errorMessage,
  heartbeatMessage,
  otherMessage,
  type ParsedMessage,
  replyMessage,
  type SubscriptionAction,
  unknownMessage,
} from '@tapewire/core/adapter'
import { streamId } from '../streams.js'

type Fields = Readonly<Record<string, unknown>>

/** Reads what is no data: acknowledgements, replies, heartbeats, errors and notices. Rare, so plain JSON will do. */
export function readControl(frame: Fields, receivedAt: number): ParsedMessage {
  switch (frame.type) {
    case 'ack':
      return readAcknowledgement(frame, receivedAt)
    case 'heartbeat':
      return heartbeatMessage(receivedAt, 'ping', numberOrNull(frame.ts))
    case 'ping':
      return heartbeatMessage(receivedAt, 'ping', null, JSON.stringify({ op: 'pong', nonce: frame.nonce }))
    case 'reply': {
      const ok = frame.ok === true
      return replyMessage(receivedAt, {
        requestId: numberOrNull(frame.id),
        ok,
        exchangeCode: textOrNull(frame.code),
        reason: ok ? null : textOrNull(frame.message),
        payload: frame.result ?? null,
      })
    }
    case 'error':
      return errorMessage(receivedAt, textOrNull(frame.code) ?? 'error', textOrNull(frame.message) ?? '')
    case 'notice':
      return otherMessage(
        receivedAt,
        null,
        textOrNull(frame.message) ?? '',
        frame.kind === 'restart' ? 'upgrade' : null,
      )
    default:
      return unknownMessage(receivedAt, `a frame of type ${JSON.stringify(frame.type)}`)
  }
}

/**
 * One frame for each symbol of a request: `{"type":"ack","id":7,"op":"subscribe","channel":"trades","symbol":"BTC-USDT","ok":true}`, or with
 * `"ok":false,"code":"unknown_symbol","message":"no such market"`. Those for whom nothing had to be done get one frame for all of them, as the last of
 * the request and without their names: `{"type":"ack","id":7,"op":"subscribe","channel":"trades","ok":true,"message":"already subscribed"}`.
 */
function readAcknowledgement(frame: Fields, receivedAt: number): ParsedMessage {
  const wireChannel = textOrNull(frame.channel)
  const wireSymbol = textOrNull(frame.symbol)
  const action: SubscriptionAction | null = frame.op === 'subscribe' || frame.op === 'unsubscribe' ? frame.op : null
  const answer = { action, requestId: numberOrNull(frame.id), wireChannel }
  const refusal = { exchangeCode: textOrNull(frame.code), reason: textOrNull(frame.message) ?? 'refused' }
  if (wireChannel === null || wireSymbol === null) {
    return confirmMessage(receivedAt, { ...answer, others: frame.ok === true ? 'accepted' : refusal })
  }
  const id = streamId(wireChannel, wireSymbol)
  return frame.ok === true
    ? confirmMessage(receivedAt, { ...answer, accepted: [id], others: 'pending' })
    : confirmMessage(receivedAt, { ...answer, rejected: [{ streamId: id, ...refusal }], others: 'pending' })
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
