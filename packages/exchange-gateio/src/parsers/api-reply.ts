import { otherMessage, type ParsedMessage } from '@tapewire/core'
import { readExchangeError } from './exchange-error.js'
import { type Fields, isFields, optionalText } from './fields.js'

/**
 * A reply of the WebSocket trading API (`event: "api"`), which this library does not drive: channel and status sit in `header`.
 * Source: Gate.io spot WebSocket v4 docs.
 *
 * ```json
 * {"request_id":"1","header":{"status":"200","channel":"spot.login","event":"api"},"data":{"result":{}}}
 * ```
 */
export function apiReplyMessage(reply: Fields, header: Fields, receivedAt: number): ParsedMessage {
  const status = optionalText(header, 'status') ?? 'unknown'
  const failure =
    isFields(reply.data) && isFields(reply.data.errs) ? `: ${readExchangeError(reply.data.errs).reason}` : ''
  return otherMessage(receivedAt, optionalText(header, 'channel'), `trading API reply with status ${status}${failure}`)
}
