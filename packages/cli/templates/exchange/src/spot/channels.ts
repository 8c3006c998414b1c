import type { ChannelSupport, StrategyChannels } from '@tapewire/core/adapter'

/** Newex's names of what it streams. */
export const wireChannels = {
  trades: 'trades',
  book: 'book',
  quotes: 'quotes',
  ticker: 'ticker',
  candles: 'candles',
  // #private
  orders: 'orders',
  executions: 'executions',
  balances: 'balances',
  // #end
} as const

/** What backs each of our channels. `documented` until a payload was checked against recorded traffic, then `recorded`. */
export const channelSupport: readonly ChannelSupport[] = [
  { channel: 'trades', wireChannel: wireChannels.trades, evidence: 'documented' },
  { channel: 'orderbook', wireChannel: wireChannels.book, evidence: 'documented' },
  { channel: 'book_ticker', wireChannel: wireChannels.quotes, evidence: 'documented' },
  { channel: 'ticker', wireChannel: wireChannels.ticker, evidence: 'documented' },
  { channel: 'candles', wireChannel: wireChannels.candles, evidence: 'documented' },
  // #private
  { channel: 'orders', wireChannel: wireChannels.orders, evidence: 'documented' },
  { channel: 'executions', wireChannel: wireChannels.executions, evidence: 'documented' },
  { channel: 'balances', wireChannel: wireChannels.balances, evidence: 'documented' },
  // #end
]

export const marketChannels: StrategyChannels = { exchange: 'newex_spot', scope: 'public', channels: channelSupport }
// #private
export const accountChannels: StrategyChannels = { ...marketChannels, scope: 'private' }
// #end
