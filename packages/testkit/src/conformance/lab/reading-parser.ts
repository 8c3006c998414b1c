import type { Channel, Instrument, WebSocketStrategySet } from '@tapewire/core'
import type { MessageParser } from '@tapewire/core/adapter'

/** A parser as a manager has one for a connection: of strategies of its own, which have planned these streams. */
export function readingParser(
  { subscriptionStrategy, messageParser }: WebSocketStrategySet,
  channels: readonly Channel[],
  instruments: readonly Instrument[],
): MessageParser {
  for (const channel of channels) subscriptionStrategy.plan({ channel, instruments, candleIntervals: null })
  return messageParser.forConnection?.() ?? messageParser
}
