import type { CandleData } from '@tapewire/core'
import type { MarketMessage, ShownTrade } from '../wire.js'

export const mostTrades = 200
export const mostCandles = 300

/** One market as the page holds it: what the last message said, with the trades and candles of those before it. Bounded. */
export interface MarketView extends Omit<MarketMessage, 'type' | 'isWhole' | 'trades' | 'candles'> {
  /** Newest first, at most `mostTrades`. */
  readonly trades: readonly ShownTrade[]
  /** Oldest first, at most `mostCandles`. */
  readonly candles: readonly CandleData[]
}

/** The market after one more message; what another market left behind is none of it. */
export function afterMessage(before: MarketView | null, message: MarketMessage): MarketView {
  const { type: _type, isWhole, trades, candles, ...now } = message
  const isSame = before !== null && before.exchange === message.exchange && before.symbol === message.symbol
  const held = isSame && !isWhole ? before : null
  return {
    ...now,
    trades: trades.length === 0 && held !== null ? held.trades : withTrades(held?.trades ?? [], trades),
    candles: candles.length === 0 && held !== null ? held.candles : withCandles(held?.candles ?? [], candles),
  }
}

function withTrades(held: readonly ShownTrade[], fresh: readonly ShownTrade[]): readonly ShownTrade[] {
  const newest = held[0]?.number ?? -1
  return [...fresh.filter(({ number }) => number > newest).reverse(), ...held].slice(0, mostTrades)
}

function withCandles(held: readonly CandleData[], fresh: readonly CandleData[]): readonly CandleData[] {
  const candles = [...held]
  for (const candle of fresh) {
    const place = candles.findLastIndex(({ openTime }) => openTime <= candle.openTime)
    const isKnown = candles[place]?.openTime === candle.openTime
    candles.splice(isKnown ? place : place + 1, isKnown ? 1 : 0, candle)
  }
  return candles.slice(-mostCandles)
}
