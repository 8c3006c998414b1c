import { errorMessage, otherMessage, type ParsedMessage } from '@tapewire/core'
import { FieldFault, type Fields, fieldsOf } from './fields.js'
import type { PushContext } from './push.js'

/**
 * The rows of an account push. `result` is a list that may mix markets; each row becomes a message of its own, and one that cannot be
 * read becomes an ERROR without taking the others with it.
 */
export function rowMessages(
  result: unknown,
  wireChannel: string,
  context: PushContext,
  read: (row: Fields) => ParsedMessage,
): ParsedMessage | readonly ParsedMessage[] {
  const messages = rowsOf(result).map((row) => {
    try {
      return read(fieldsOf(row, 'a row'))
    } catch (thrown) {
      if (!(thrown instanceof FieldFault)) throw thrown
      return malformedRow(wireChannel, thrown, context)
    }
  })
  if (messages.length === 0) return emptyPush(wireChannel, context)
  return messages.length === 1 ? (messages[0] as ParsedMessage) : messages
}

export function rowsOf(result: unknown): readonly unknown[] {
  if (!Array.isArray(result)) throw new FieldFault('result is not a list')
  return result
}

export function malformedRow(wireChannel: string, fault: FieldFault, context: PushContext): ParsedMessage {
  return errorMessage(context.receivedAt, 'ERR_MALFORMED_FRAME', `${wireChannel}: ${fault.message}.`, wireChannel)
}

export function emptyPush(wireChannel: string, context: PushContext): ParsedMessage {
  return otherMessage(context.receivedAt, wireChannel, 'a push without rows')
}
