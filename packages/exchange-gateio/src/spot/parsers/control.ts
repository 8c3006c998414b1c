import {
  type CommonRefusal,
  confirmMessage,
  errorMessage,
  heartbeatMessage,
  otherMessage,
  type ParsedMessage,
  type Refusal,
  replyMessage,
  type SubscriptionAction,
} from '@tapewire/core/adapter'
import { readExchangeError, refusalCode } from '../../shared/errors.js'
import { envelopeTime, type Fields, isFields, numberOf, optionalText, timeOfMilliseconds } from '../../shared/fields.js'
import { listChannels, streamId, wireChannels } from '../channels.js'

/** Whether there is a stream of this id. */
type IsStream = (streamId: string) => boolean

/**
 * What the server says beside pushes: acknowledgements, pongs, errors, and replies of the trading API; null for everything else. A pong has an empty
 * `event`, so it is told by its channel, before any acknowledgement. Source: Gate.io spot WebSocket v4 docs.
 */
export function controlMessage(envelope: Fields, receivedAt: number, isStream: IsStream): ParsedMessage | null {
  const { channel, event, error, header } = envelope
  const hasError = error !== undefined && error !== null
  if (isFields(header)) return tradingMessage(envelope, header, receivedAt)
  if (channel === wireChannels.pong && !hasError) return heartbeatMessage(receivedAt, 'pong', envelopeTime(envelope))
  if (event === 'subscribe' || event === 'unsubscribe') {
    return acknowledgementMessage(envelope, event, receivedAt, isStream)
  }
  return hasError ? reportedError(envelope, receivedAt) : null
}

/**
 * The answer to a subscribe or unsubscribe. `error` is absent or null on success; `result` is `{"status":"success"}`, and `{"status":"fail"}` (`"failed"`
 * before 2022) or null beside an error. `id` is echoed since 2022, and only if it was sent. Source: Gate.io spot WebSocket v4 docs.
 *
 * A request is refused as a whole, though one unknown market may be the only reason: where the refusal names that stream, the others can be asked for again
 * without it.
 */
function acknowledgementMessage(
  envelope: Fields,
  action: SubscriptionAction,
  receivedAt: number,
  isStream: IsStream,
): ParsedMessage {
  const wireChannel = optionalText(envelope.channel)
  const requestId = Number.isSafeInteger(envelope.id) ? (envelope.id as number) : null
  const time = envelopeTime(envelope)
  const refusal = refusalOf(envelope)
  if (refusal === null) {
    return confirmMessage(receivedAt, { action, requestId, wireChannel, others: 'accepted' }, time)
  }
  const culprit = wireChannel === null ? null : culpritOf(wireChannel, refusal)
  // A stream that is none of ours would be refused in place of nothing, and the others asked for without end.
  const answer =
    culprit === null || !isStream(culprit.streamId)
      ? ({ others: refusal } as const)
      : ({ rejected: [culprit], others: 'again' } as const)
  return confirmMessage(receivedAt, { action, requestId, wireChannel, ...answer }, time)
}

function refusalOf({ error, result }: Fields): CommonRefusal | null {
  if (error !== undefined && error !== null) {
    const exchangeError = readExchangeError(error)
    const code = refusalCode(exchangeError)
    return { exchangeCode: exchangeError.code, reason: exchangeError.reason, ...(code === undefined ? {} : { code }) }
  }
  const status = isFields(result) ? result.status : null
  if (typeof status !== 'string' || !status.startsWith('fail')) return null
  return { exchangeCode: null, reason: 'the exchange refused it without a reason' }
}

/** The stream a refusal names; null where it names none, or where the request was about one stream only. */
function culpritOf(wireChannel: string, { exchangeCode, reason }: CommonRefusal): Refusal | null {
  if (!listChannels.has(wireChannel)) return null
  if (wireChannel === wireChannels.obu) {
    const [, market, depth] = /\bob\.(\S+)\.(\d+)\b/.exec(reason) ?? []
    if (market === undefined || depth === undefined) return null
    return { streamId: streamId(wireChannel, market, [depth]), exchangeCode, reason }
  }
  const market = /^unknown currency pair: (\S+)$/i.exec(reason)?.[1]
  return market === undefined ? null : { streamId: streamId(wireChannel, market), exchangeCode, reason }
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
