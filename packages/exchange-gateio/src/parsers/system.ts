import { otherMessage, type ParsedMessage } from '@tapewire/core'
import { wireChannels } from '../channels.js'
import { fieldsOf, optionalText } from './fields.js'
import type { PushContext } from './push.js'

/**
 * `spot.system`: announcements nobody subscribed. `upgrade` means that the server will soon close this connection.
 * Source: Gate.io announcement 49851; spot WebSocket v4 docs.
 *
 * ```json
 * {"type":"upgrade","msg":"The connection will soon be closed for a service upgrade. Please reconnect."}
 * ```
 */
export function systemMessage(result: unknown, context: PushContext): ParsedMessage {
  const fields = fieldsOf(result, 'result')
  const notice = fields.type === 'upgrade' ? 'upgrade' : null
  const detail = optionalText(fields, 'msg') ?? optionalText(fields, 'type') ?? 'an announcement without words'
  return otherMessage(context.receivedAt, wireChannels.system, detail, notice)
}
