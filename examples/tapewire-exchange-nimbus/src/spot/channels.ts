import type { CandleInterval, Channel } from '@tapewire/core'
import type { ChannelSupport } from '@tapewire/core/adapter'

/** What Nimbus has. `ticker` and `book_ticker` are one stream on the wire: its ticker holds the quote. */
export const supportedChannels: readonly ChannelSupport[] = [
  { channel: 'trades', wireChannel: 'trades', evidence: 'documented' },
  { channel: 'orderbook', wireChannel: 'book', evidence: 'documented' },
  { channel: 'ticker', wireChannel: 'ticker', evidence: 'documented' },
  { channel: 'book_ticker', wireChannel: 'ticker', evidence: 'documented' },
  { channel: 'candles', wireChannel: 'candles', evidence: 'documented' },
]

/** The wire channel of candles of one width: `candles_1m`. */
export function candleChannel(interval: CandleInterval): string {
  return `candles_${interval}`
}

/** What a user is told of a channel that Nimbus does not have. */
export function channelNames(): string {
  return supportedChannels.map(({ channel }): Channel => channel).join(', ')
}
