import {
  type Acknowledgement,
  type CommonRefusal,
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
import { codeOf, isMomentary, mexcRest } from '../../shared/errors.js'
import { quoted } from '../../shared/fields.js'

/** A reply echoes at most the streams of one request, a few kilobytes. Deeply nested JSON of megabytes would take seconds to refuse. */
const maxReplyBytes = 64 * 1024

/** The whole of a text frame. */
const invalidListenKey = 'Invalid listen key'

const acceptedMark = 'Subscribed successful! ['
const refusedMark = 'Not Subscribed successfully! ['

/**
 * Text frames are control replies, each `{"id":7,"code":0,"msg":"…"}`, except the bare `Invalid listen key`.
 * `code` is 0 on refusal too: only `msg` tells. A code may be text, as in MEXC's REST answers. Sources: MEXC spot v3 API docs ("Subscribe to a Stream", "PING/PONG mechanism") for the successes;
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
  const { msg } = reply
  const code = codeOf(reply.code)
  if (typeof reply.c === 'string' && 'd' in reply) {
    return otherMessage(receivedAt, reply.c, 'a JSON push, as MEXC sent them until August 2025')
  }
  const requestId = requestIdOf(reply.id)
  if (code !== null && code !== 0 && (msg === undefined || msg === null)) {
    return confirmMessage(receivedAt, { requestId, others: othersOf(code, 'no reason given') })
  }
  if (code === null || typeof msg !== 'string') {
    return unknownMessage(receivedAt, 'JSON that is no reply of MEXC spot')
  }
  if (isListenKeyRefusal(msg)) return listenKeyRefused(receivedAt)
  const verdict = readVerdict(msg, code === 0 ? null : String(code))
  if (code !== 0) {
    const isListed = verdict !== null && verdict.rejected.length > 0
    return confirmMessage(receivedAt, { requestId, ...(isListed ? verdict : { others: othersOf(code, msg) }) })
  }
  if (msg === 'PONG') return pong(receivedAt, requestId, reply)
  if (verdict !== null) return confirmMessage(receivedAt, { requestId, ...verdict })
  if (requestId === null) return unknownMessage(receivedAt, `a reply that names no channels: ${quoted(msg)}`)
  // Only its words tell what became of the request, and they are none of those for success. They name no stream, and may yet be about one alone.
  const refusal = refusalOf(null, msg)
  return confirmMessage(receivedAt, { requestId, others: refusal.retryable === true ? refusal : { split: refusal } })
}

function refusalOf(exchangeCode: string | null, reason: string): CommonRefusal {
  return isMomentary(exchangeCode, reason) ? { exchangeCode, reason, retryable: true } : { exchangeCode, reason }
}

/** A whole number, perhaps as text. A request without an id is answered with 0. */
function requestIdOf(id: unknown): number | null {
  const number = typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : id
  return Number.isSafeInteger(number) && Number(number) > 0 ? Number(number) : null
}

/** Of a request, by its code: that of an unknown symbol is about a stream, nobody knows which, and every other about all. */
function othersOf(code: number | string, reason: string): Acknowledgement['others'] {
  const refusal = refusalOf(String(code), reason)
  return mexcRest.meaningOf(code)?.code === 'ERR_INVALID_SYMBOL' ? { split: refusal } : refusal
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

/** Which streams a `msg` accepts and which it refuses, with the code beside it; null where it is about no stream. Channel strings are stream ids. */
function readVerdict(msg: string, exchangeCode: string | null): Verdict | null {
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
    ...refusalOf(exchangeCode, reason),
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
  const start = text.slice(0, 100).trim().toLowerCase()
  return start.replace(/^"/, '').startsWith(invalidListenKey.toLowerCase())
}

function listenKeyRefused(receivedAt: number): ParsedMessage {
  const words = 'MEXC does not accept the listen key'
  return errorMessage(receivedAt, invalidListenKey, words, { failure: 'expired' })
}
