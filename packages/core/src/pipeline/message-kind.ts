import type { ParsedMessage } from '../model/message.js'

/** The types from the first to the last are market and account data; the rest is control. */
const firstDataType = 1
const lastDataType = 8
const confirmType = 0
const replyType = 777
const heartbeatType = 999

/** Market and account data, which goes straight to the user. */
export function isData({ type }: ParsedMessage): boolean {
  return type >= firstDataType && type <= lastDataType
}

/** Everything but acknowledgements, replies and heartbeats. */
export function isForUser({ type }: ParsedMessage): boolean {
  return type !== confirmType && type !== replyType && type !== heartbeatType
}

export function isMany(parsed: ParsedMessage | readonly ParsedMessage[]): parsed is readonly ParsedMessage[] {
  return Array.isArray(parsed)
}

/** The messages of one frame. */
export function many(parsed: ParsedMessage | readonly ParsedMessage[]): readonly ParsedMessage[] {
  return isMany(parsed) ? parsed : [parsed]
}
