import type { ChannelSupport } from '@tapewire/core'

/** Acme's names of what it streams. */
export const wireChannels = { trades: 'trades', quotes: 'quotes' } as const

/** What backs each of our channels. Nobody has recorded Acme, so all of it is known from its documentation only. */
export const channelSupport: readonly ChannelSupport[] = [
  { channel: 'trades', wireChannel: wireChannels.trades, evidence: 'documented' },
  { channel: 'book_ticker', wireChannel: wireChannels.quotes, evidence: 'documented' },
]

/** Acme's name for one of our channels; undefined for a channel it does not have. */
export function wireChannelOf(channel: string): string | undefined {
  return channelSupport.find((support) => support.channel === channel)?.wireChannel
}
