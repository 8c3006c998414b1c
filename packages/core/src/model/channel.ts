/** Market data channels, ours: what an exchange calls them is the adapter's business. */
export const publicChannels = ['orderbook', 'trades', 'book_ticker', 'ticker', 'candles'] as const

/** Account channels. */
export const privateChannels = ['orders', 'executions', 'balances'] as const

export type PublicChannel = (typeof publicChannels)[number]
export type PrivateChannel = (typeof privateChannels)[number]
export type Channel = PublicChannel | PrivateChannel

export const channels: readonly Channel[] = [...publicChannels, ...privateChannels]

/** Whether `text` names one of our channels. */
export function isChannel(text: string): text is Channel {
  return (channels as readonly string[]).includes(text)
}
