import { traitsOf } from '../../model/channel.js'
import type { ChannelMessage, FeedMessage } from '../../model/message.js'
import { MessageType } from '../../model/message-type.js'
import type { PublicTrade } from '../../model/payloads.js'

/** Public trades, which are told one by one: two connections need not divide them alike. */
export function isTrades(message: FeedMessage): message is ChannelMessage<'trades'> {
  return message.type === MessageType.Trades && Array.isArray(message.data)
}

/** Whether the ids of such messages rise from one to the next: those of market data do, those of accounts need not. */
export function hasRisingIds({ channel }: FeedMessage): boolean {
  return channel !== null && traitsOf(channel).scope === 'public'
}

/** What makes two messages without an update id the same event. Receipt, the time of the push and raw bytes differ; content does not. */
export function contentOf({ type, sequence, data }: FeedMessage): string {
  return `${type}|${sequence}|${valuesOf(data)}`
}

/** What makes two trades the same one: the id, and all of it where it has none. */
export function identityOf(trade: PublicTrade): string {
  return trade.id ?? valuesOf(trade)
}

function valuesOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(valuesOf).join(';')
  return typeof value === 'object' && value !== null ? Object.values(value).map(valuesOf).join(',') : String(value)
}
