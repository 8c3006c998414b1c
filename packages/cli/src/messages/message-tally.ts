import { type Channel, channels, type FeedMessage, MessageType, type PerformanceMetrics } from '@tapewire/core'

/** Messages by channel. */
export type ChannelCounts = Record<Channel, number>

/** Counts messages as they are delivered. */
export class MessageTally {
  readonly messages: ChannelCounts = noMessages()
  /** By symbol; account-wide messages have none. */
  readonly bySymbol: Record<string, Partial<ChannelCounts>> = {}
  unknown = 0
  errors = 0
  /** Valid messages outside the channels. */
  other = 0
  dropped = 0
  superseded = 0

  readonly count = (message: FeedMessage): void => {
    const { type, channel, symbol } = message
    if (type === MessageType.Unknown) this.unknown += 1
    else if (type === MessageType.Error) this.errors += 1
    else if (type === MessageType.Other || channel === null) this.other += 1
    else {
      this.messages[channel] += 1
      if (symbol === null) return
      this.bySymbol[symbol.name] ??= {}
      const counts = this.bySymbol[symbol.name] as Partial<ChannelCounts>
      counts[channel] = (counts[channel] ?? 0) + 1
    }
  }

  /** Adds what one manager did not deliver, at its end. */
  countUndelivered({ droppedMessages, supersededMessages }: PerformanceMetrics): void {
    this.dropped += droppedMessages
    this.superseded += supersededMessages
  }
}

/** Zero of every channel. */
export function noMessages(): ChannelCounts {
  return Object.fromEntries(channels.map((channel) => [channel, 0])) as ChannelCounts
}
