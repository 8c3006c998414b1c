import {
  confirmMessage,
  errorMessage,
  heartbeatMessage,
  otherMessage,
  type ParsedMessage,
  unknownMessage,
} from '@tapewire/core'
import { type Fields, integer, isFields, list, text } from './fields.js'

/** Everything Acme says that is not market data. Samples stand at each case. */
export function controlMessage(message: Fields, receivedAt: number): ParsedMessage {
  switch (message.op) {
    // {"op":"subscribe","id":1,"refused":[{"stream":"trades.FOO-USDT","code":404,"text":"no such market"}]}
    case 'subscribe':
    case 'unsubscribe':
      return confirmMessage(receivedAt, {
        action: message.op,
        requestId: integer(message.id),
        wireChannel: null,
        accepted: 'all',
        rejected: list(message.refused).map(refusal),
        refusedAll: null,
      })
    // {"op":"pong","time":1767225600123}
    case 'pong':
      return heartbeatMessage(receivedAt, 'pong', integer(message.time))
    // {"op":"goodbye","text":"maintenance in five minutes"}
    case 'goodbye':
      return otherMessage(receivedAt, null, text(message.text), 'upgrade')
    // {"op":"error","code":400,"text":"not a request"}
    case 'error':
      return errorMessage(receivedAt, String(integer(message.code)), text(message.text))
    default:
      return unknownMessage(receivedAt, 'The message names neither a channel nor an operation we know.')
  }
}

function refusal(item: unknown): { streamId: string; exchangeCode: string; reason: string } {
  if (!isFields(item)) throw new TypeError('a refusal was expected')
  return { streamId: text(item.stream), exchangeCode: String(integer(item.code)), reason: text(item.text) }
}
