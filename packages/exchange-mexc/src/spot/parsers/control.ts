import {
  type Acknowledgement,
  confirmMessage,
  errorMessage,
  frameText,
  heartbeatMessage,
  type InboundFrame,
  malformedFrame,
  otherMessage,
  type ParsedMessage,
  replyMessage,
  unknownMessage,
} from '@tapewire/core/adapter'
import { quoted } from '../../shared/fields.js'

/** A reply echoes at most the streams of one request, a few kilobytes. Deeply nested JSON of megabytes would take seconds to refuse. */
const maxReplyBytes = 64 * 1024

/** The whole of a text frame. */
const invalidListenKey = 'Invalid listen key'

const acceptedMark = 'Subscribed successful! ['
const refusedMark = 'Not Subscribed successfully! ['

/**
 * Text frames are control replies, each `{"id":7,"code":0,"msg":"…"}`, except the bare `Invalid listen key`.
 * `code` is 0 on refusal too: only `msg` tells. Sources: MEXC spot v3 API docs ("Subscribe to a Stream", "PING/PONG mechanism") for the successes;
 * the refusals and the bare text are documented nowhere and were seen on the wire (JKorf/Mexc.Net issue 35; ccxt/ccxt:ts/src/pro/mexc.ts).
 */
export function controlMessage(frame: InboundFrame): ParsedMessage {
  const { receivedAt } = frame
  if (frame.end - frame.start > maxReplyBytes) return malformedFrame(receivedAt, 'a text frame too long to be a reply')
  const text = frameText(frame)
  if (text === null) return malformedFrame(receivedAt, 'a text frame that is not UTF-8')
  if (isListenKeyRefusal(text)) return listenKeyRefused(receivedAt)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return malformedFrame(receivedAt, `a text frame that is not JSON: ${quoted(text)}`)
  }
  return typeof value === 'object' && value !== null
    ? readReply(receivedAt, value as Record<string, unknown>)
    : unknownMessage(receivedAt, 'JSON that is not an object')
}

function readReply(receivedAt: number, reply: Record<string, unknown>): ParsedMessage {
  const { id, code, msg } = reply
  if (typeof reply.c === 'string' && 'd' in reply) {
    return otherMessage(receivedAt, reply.c, 'a JSON push, as MEXC sent them until August 2025')
  }
  if (typeof code !== 'number' || typeof msg !== 'string') {
    return unknownMessage(receivedAt, 'JSON that is no reply of MEXC spot')
  }
  if (isListenKeyRefusal(msg)) return listenKeyRefused(receivedAt)
  // A request without an id is answered with 0.
  const requestId = typeof id === 'number' && id > 0 ? id : null
  if (code !== 0) return confirmMessage(receivedAt, { requestId, others: { exchangeCode: String(code), reason: msg } })
  if (msg === 'PONG') return pong(receivedAt, requestId, reply)
  const verdict = readVerdict(msg)
  if (verdict !== null) return confirmMessage(receivedAt, { requestId, ...verdict })
  if (requestId === null) return unknownMessage(receivedAt, `a reply that names no channels: ${quoted(msg)}`)
  // Only its words tell what became of the request, and they are none of those for success. They name no stream, and may yet be about one alone.
  return confirmMessage(receivedAt, { requestId, others: { split: { exchangeCode: null, reason: msg } } })
}

/** Our own pings have no id; one that has was a user's request. */
function pong(receivedAt: number, requestId: number | null, payload: object): ParsedMessage {
  return requestId === null
    ? heartbeatMessage(receivedAt, 'pong')
    : replyMessage(receivedAt, { requestId, ok: true, exchangeCode: null, reason: null, payload })
}

type Verdict = Pick<Acknowledgement, 'accepted' | 'rejected' | 'others'>

/** Streams that a reply about others leaves out are asked for again: nobody knows what became of them. */
const notMentioned: Verdict['others'] = {
  split: { exchangeCode: null, reason: 'not mentioned in the exchange’s answer' },
}

/** Which streams a `msg` accepts and which it refuses; null where it is about no stream. Channel strings are stream ids. */
function readVerdict(msg: string): Verdict | null {
  const refusal = msg.indexOf(refusedMark)
  if (refusal === -1) {
    const acceptance = msg.indexOf(acceptedMark)
    const accepted = acceptance === -1 ? splitList(msg) : listAfter(msg, acceptance + acceptedMark.length)
    return accepted.length > 0 && accepted.every((streamId) => streamId.startsWith('spot@'))
      ? { accepted, rejected: [], others: notMentioned }
      : null
  }
  const reason = /Reason\s*[：:]\s*(.*?)\s*$/su.exec(msg.slice(refusal))?.[1] || 'no reason given'
  const rejected = listAfter(msg, refusal + refusedMark.length).map((streamId) => ({
    streamId,
    exchangeCode: null,
    reason,
  }))
  const acceptance = msg.slice(0, refusal).indexOf(acceptedMark)
  if (acceptance !== -1) {
    return { accepted: listAfter(msg, acceptance + acceptedMark.length), rejected, others: notMentioned }
  }
  // An empty list of refusals alone refuses nothing.
  return { accepted: [], rejected, others: rejected.length === 0 ? 'accepted' : notMentioned }
}

function listAfter(msg: string, start: number): string[] {
  const end = msg.indexOf(']', start)
  return splitList(msg.slice(start, end === -1 ? msg.length : end))
}

function splitList(list: string): string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function isListenKeyRefusal(text: string): boolean {
  return text.slice(0, 100).trim().toLowerCase().startsWith(invalidListenKey.toLowerCase())
}

function listenKeyRefused(receivedAt: number): ParsedMessage {
  const words = 'MEXC does not accept the listen key'
  return errorMessage(receivedAt, invalidListenKey, words, { failure: 'authentication' })
}
