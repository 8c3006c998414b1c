import type { ChannelMessage, DataMessage, FeedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { ExecutionData, PublicTrade } from '../model/payloads.js'
import type { BackfillRules } from '../strategy/backfill.js'

/** A message of trades or of an own execution. */
export type EventMessage = ChannelMessage<'trades'> | ChannelMessage<'executions'>

export function isEventMessage(message: FeedMessage): message is EventMessage {
  return message.type === MessageType.Trades || message.type === MessageType.Trade
}

/** What each event in a message is known by, in its order. */
export function keysOf(message: EventMessage, identity: BackfillRules['identity']): readonly string[] {
  const { symbol } = message
  const events: readonly (PublicTrade | ExecutionData)[] =
    message.type === MessageType.Trades ? message.data : [message.data]
  return events.map((event) => {
    if (identity === 'id' && event.id !== null) return `${symbol.name} ${event.id}`
    const time = event.time === null ? timeOf(message) : Math.floor(event.time)
    // Amounts of an account are text, with zeros at the end or without.
    return `${symbol.name} ${time} ${Number(event.price)} ${Number(event.size)} ${event.side}`
  })
}

/** The message with those of its events alone that are `kept`; null where none is. */
export function withEvents<Message extends EventMessage>(message: Message, kept: readonly boolean[]): Message | null {
  if (kept.every((isKept) => isKept)) return message
  if (message.type !== MessageType.Trades || !kept.includes(true)) return null
  return { ...message, data: message.data.filter((_, index) => kept[index]) }
}

/** When what a message says happened, whole epoch ms, by the exchange's clock where it tells; of several events, the first. */
export function timeOf(message: FeedMessage | DataMessage): number {
  const { exchangeTime, receivedAt } = message
  return Math.floor(ownTimeOf(message) ?? exchangeTime ?? receivedAt)
}

function ownTimeOf(message: FeedMessage | DataMessage): number | null {
  switch (message.type) {
    case MessageType.Trades:
      return message.data[0]?.time ?? null
    case MessageType.Trade:
      return message.data.time
    case MessageType.Order:
      return message.data.updatedAt ?? message.data.createdAt
    default:
      return null
  }
}
