import { otherMessage, type ParsedMessage } from '@tapewire/core'
import { quoted } from './payload-fault.js'
import type { PushOrigin } from './push-origin.js'

/** A push, or a part of one, for a symbol that names no pair we can tell. */
export function unreadableSymbol(origin: PushOrigin, wireSymbol: string): ParsedMessage {
  const detail = `a push for ${quoted(wireSymbol)}, which splits into no pair: neither subscribed to nor ending in a known quote asset`
  return otherMessage(origin.receivedAt, origin.wireChannel, detail)
}
