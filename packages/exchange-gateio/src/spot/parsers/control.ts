import type { Stream } from '@tapewire/core'
import {
  type Acknowledgement,
  type CommonRefusal,
  confirmMessage,
  errorMessage,
  heartbeatMessage,
  otherMessage,
  type ParsedMessage,
  replyMessage,
  type SubscriptionAction,
} from '@tapewire/core/adapter'
import { type ExchangeError, isMomentary, readExchangeError, refusalCode } from '../../shared/errors.js'
import { envelopeTime, type Fields, isFields, numberOf, optionalText, timeOfMilliseconds } from '../../shared/fields.js'
import { listChannels, wireChannels } from '../channels.js'
import { culpritsIn } from '../culprits.js'
import { listItem } from '../list-item.js'

/** The streams of a wire channel that there are. */
type StreamsOf = (wireChannel: string) => readonly Stream[]

/**
 * What the server says beside pushes: acknowledgements, pongs, errors, and replies of the trading API; null for everything else. A pong has an empty
 * `event`, so it is told by its channel, before any acknowledgement. Source: Gate.io spot WebSocket v4 docs.
 */
export function controlMessage(envelope: Fields, receivedAt: number, streamsOf: StreamsOf): ParsedMessage | null {
  const { channel, event, error, header } = envelope
  const hasError = error !== undefined && error !== null
  if (isFields(header)) return tradingMessage(envelope, header, receivedAt)
  if (channel === wireChannels.pong && !hasError) return heartbeatMessage(receivedAt, 'pong', envelopeTime(envelope))
  if (event === 'subscribe' || event === 'unsubscribe') {
    return acknowledgementMessage(envelope, event, receivedAt, streamsOf)
  }
  return hasError ? reportedError(envelope, receivedAt) : null
}

/**
 * The answer to a subscribe or unsubscribe. `error` is absent or null on success; `result` is `{"status":"success"}`, and `{"status":"fail"}` (`"failed"`
 * before 2022) or null beside an error. `id` is echoed since 2022, and only if it was sent; `payload` since 2025. Source: Gate.io spot WebSocket v4 docs.
 */
function acknowledgementMessage(
  envelope: Fields,
  action: SubscriptionAction,
  receivedAt: number,
  streamsOf: StreamsOf,
): ParsedMessage {
  const wireChannel = optionalText(envelope.channel)
  const requestId = Number.isSafeInteger(envelope.id) ? (envelope.id as number) : requestIdOf(envelope.id)
  const time = envelopeTime(envelope)
  const error = errorOf(envelope)
  if (error === null) {
    return confirmMessage(receivedAt, { action, requestId, wireChannel, others: 'accepted' }, time)
  }
  const isList = wireChannel !== null && listChannels.has(wireChannel)
  const answer = isList
    ? blame(error, wireChannel, askedFor(streamsOf(wireChannel), envelope.payload))
    : { others: refusalOf(error) }
  return confirmMessage(receivedAt, { action, requestId, wireChannel, ...answer }, time)
}

/** Words of refusals that are about no market, whatever their code: of the channel, the server's state, the pace of requests. Source for the labels: Gate.io REST v4 docs. */
const ofNoMarket = /unknown channel|\binternal\b|server[ _]error|too[ _]many|rate[ _]?limit/i

/**
 * Whom the refusal of a list is about. Gate.io refuses the whole of it though one unknown market may be the only reason: whoever it names is the culprit. Where it
 * names nobody, or echoes all of the list, it may still be about one of them, if it is about an argument (code 2, or none). Source: Gate.io spot WebSocket v4
 * docs; live probe of the US edition, 2026-09.
 */
function blame(
  error: ExchangeError,
  wireChannel: string,
  asked: readonly Stream[],
): Pick<Acknowledgement, 'others'> & Partial<Acknowledgement> {
  const refusal = refusalOf(error)
  const { code, retryable, exchangeCode, reason } = refusal
  if (code !== undefined) return { others: refusal }
  const culprits = culpritsIn(error.text, asked)
  if (culprits.length > 0 && wireChannel === wireChannels.obu && alreadyThere.test(reason)) {
    return { accepted: culprits.map(({ id }) => id), others: 'again' }
  }
  if (culprits.length > 0 && (culprits.length < asked.length || asked.length === 1)) {
    return { rejected: culprits.map(({ id: streamId }) => ({ streamId, ...refusal })), others: 'again' }
  }
  const isOfArgument = retryable !== true && (exchangeCode === null || exchangeCode === '2')
  const mayBeOfOne = isOfArgument && !ofNoMarket.test(error.text)
  return { others: mayBeOfOne ? { split: refusal } : refusal }
}

/** `Alert sub ob.BTC_USDT.400`: the connection has this stream of `spot.obu` already, and it goes on. Source: live probe of the US edition, 2026-09. */
const alreadyThere = /^alert sub\b/i

/** The streams that the answered request may have asked for: those its answer echoes, any of the channel where it echoes none. */
function askedFor(streams: readonly Stream[], payload: unknown): readonly Stream[] {
  const items = new Set<unknown>(Array.isArray(payload) ? payload : [])
  const asked = streams.filter((stream) => items.has(listItem(stream)))
  return asked.length > 0 ? asked : streams
}

/** The error of an answer; null for one that says none. */
function errorOf({ error, result }: Fields): ExchangeError | null {
  if (error !== undefined && error !== null) return readExchangeError(error)
  const status = isFields(result) ? result.status : null
  if (typeof status !== 'string' || !/^(?:fail|error)/i.test(status)) return null
  return { code: null, reason: 'the exchange refused it without a reason', text: '' }
}

function refusalOf(error: ExchangeError): CommonRefusal {
  const refusal = { exchangeCode: error.code, reason: error.reason }
  const code = refusalCode(error)
  if (code !== undefined) return { ...refusal, code }
  return isMomentary(error) ? { ...refusal, retryable: true } : refusal
}

function reportedError(envelope: Fields, receivedAt: number): ParsedMessage {
  const { code, reason } = readExchangeError(envelope.error)
  return errorMessage(receivedAt, code ?? 'ERR_EXCHANGE_ERROR', reason, { wireChannel: optionalText(envelope.channel) })
}

/**
 * What the WebSocket trading API says (`event: "api"`): channel and status sit in `header`. A reply carries the `req_id` of its request as `request_id`. Before
 * that of an order, the server says that it has the request (`ack: true`). Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"request_id":"1","header":{"response_time":"1767225600210","status":"200","channel":"spot.login","event":"api"},"data":{"result":{}}}
 * ```
 */
function tradingMessage(reply: Fields, header: Fields, receivedAt: number): ParsedMessage {
  const status = optionalText(header.status)
  if (reply.ack === true) return otherMessage(receivedAt, optionalText(header.channel), 'the trading API has a request')
  const errors = isFields(reply.data) && isFields(reply.data.errs) ? reply.data.errs : null
  const ok = errors === null && status === '200'
  const answer = {
    requestId: requestIdOf(reply.request_id),
    ok,
    exchangeCode: ok ? null : (optionalText(errors?.label) ?? status),
    reason: ok ? null : readExchangeError(errors).reason,
    payload: reply,
  }
  return replyMessage(receivedAt, answer, timeOfMilliseconds(numberOf(header.response_time)))
}

/** Ours are whole numbers, as text. */
function requestIdOf(id: unknown): number | null {
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : null
}

/**
 * `spot.system`: announcements nobody subscribed. `upgrade` means that the server will soon close this connection.
 * Source: Gate.io announcement 49851; spot WebSocket v4 docs.
 *
 * ```json
 * {"type":"upgrade","msg":"The connection will soon be closed for a service upgrade. Please reconnect."}
 * ```
 */
export function readNotice(result: unknown, receivedAt: number): ParsedMessage {
  const { type, msg } = isFields(result) ? result : ({} as Fields)
  const notice = type === 'upgrade' ? 'upgrade' : null
  const detail = optionalText(msg) ?? optionalText(type) ?? 'an announcement without words'
  return otherMessage(receivedAt, wireChannels.system, detail, notice)
}
