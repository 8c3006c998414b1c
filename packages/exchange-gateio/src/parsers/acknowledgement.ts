import {
  type Acknowledgement,
  confirmMessage,
  type Refusal,
  type SubscriptionAction,
  type SubscriptionConfirmMessage,
} from '@tapewire/core'
import { listChannels, streamId, wireChannels } from '../channels.js'
import { readExchangeError, refusalCode } from './exchange-error.js'
import { type Fields, isFields } from './fields.js'
import { envelopeTime } from './times.js'

/**
 * The answer to a subscribe or unsubscribe. `error` is absent or null on success; `result` is `{"status":"success"}`, and `{"status":"fail"}` (`"failed"`
 * before 2022) or null beside an error. `id` is echoed since 2022, and only if it was sent. Source: Gate.io spot WebSocket v4 docs.
 *
 * A request is refused as a whole, though one unknown market may be the only reason: `rejected` then names that stream beside `refusedAll`, so
 * that the others can be asked for again without it.
 */
export function acknowledgementMessage(
  envelope: Fields,
  action: SubscriptionAction,
  receivedAt: number,
): SubscriptionConfirmMessage {
  const wireChannel = typeof envelope.channel === 'string' ? envelope.channel : null
  const refusedAll = refusalOf(envelope)
  const data: Acknowledgement = {
    action,
    requestId: Number.isSafeInteger(envelope.id) ? (envelope.id as number) : null,
    wireChannel,
    accepted: refusedAll === null ? 'all' : [],
    rejected: refusedAll === null || wireChannel === null ? [] : culprits(wireChannel, refusedAll),
    refusedAll,
  }
  return confirmMessage(receivedAt, data, envelopeTime(envelope))
}

type RefusedAll = NonNullable<Acknowledgement['refusedAll']>

function refusalOf({ error, result }: Fields): RefusedAll | null {
  if (error !== undefined && error !== null) {
    const exchangeError = readExchangeError(error)
    const code = refusalCode(exchangeError)
    return { exchangeCode: exchangeError.code, reason: exchangeError.reason, ...(code === undefined ? {} : { code }) }
  }
  const status = isFields(result) ? result.status : null
  if (typeof status !== 'string' || !status.startsWith('fail')) return null
  return { exchangeCode: null, reason: 'the exchange refused it without a reason' }
}

/** The stream a refusal names, where it names one. */
function culprits(wireChannel: string, { exchangeCode, reason }: RefusedAll): readonly Refusal[] {
  if (!listChannels.has(wireChannel)) return []
  const market = /^unknown currency pair: (\S+)$/i.exec(reason)?.[1]
  if (market !== undefined && wireChannel !== wireChannels.obu) {
    return [{ streamId: streamId(wireChannel, market), exchangeCode, reason }]
  }
  const book = /\bob\.(\S+)\.(\d+)\b/.exec(reason)
  if (book === null || wireChannel !== wireChannels.obu) return []
  return [{ streamId: streamId(wireChannel, book[1] as string, [book[2] as string]), exchangeCode, reason }]
}
