import type { ChannelSupport } from '@tapewire/core/adapter'

/** Acme's names of what it streams. */
const wireChannels = { trades: 'trades', quotes: 'quotes', books: 'books' } as const

/** What backs each of our channels. Nobody has recorded Acme, so all of it is known from its documentation only. */
export const channelSupport: readonly ChannelSupport[] = [
  { channel: 'trades', wireChannel: wireChannels.trades, evidence: 'documented' },
  { channel: 'book_ticker', wireChannel: wireChannels.quotes, evidence: 'documented' },
  { channel: 'orderbook', wireChannel: wireChannels.books, evidence: 'documented' },
]
