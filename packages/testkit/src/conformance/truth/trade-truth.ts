import { type FeedMessage, type GapEvent, type Instrument, MessageType, type Side } from '@tapewire/core'
import type { MarketTrade } from '../../market/market-event.js'
import type { MarketSimulator } from '../../market/market-simulator.js'

/** Sums of sizes that differ by less are the same. */
const precision = 1e-9

/** What a feed made of the trades of a market, beside those that it told once. */
export interface TradeAccounts {
  /** Told more than happened: as `BTC/USDT buy 87500.1 at 1767225600145`. */
  readonly tooMuch: readonly string[]
  /** Told, and never happened. */
  readonly invented: readonly string[]
  /** Happened, and not told, or not whole. */
  readonly missing: readonly MarketTrade[]
}

/**
 * The trades of a market from now on. A feed's are compared by market, side, price, time and what was traded at it, so that an exchange may add up what one order took
 * at one price.
 */
export class TradeTruth {
  /** In order. */
  readonly happened: MarketTrade[] = []
  /** What may be told once more by an exchange that begins with its latest trades. */
  readonly #before: readonly MarketTrade[]
  readonly #stop: () => void

  constructor(market: MarketSimulator, pairs: readonly Instrument[]) {
    this.#before = pairs.flatMap((pair) => market.recentTrades(pair))
    this.#stop = market.listen((event) => {
      if (event.kind === 'trade' && pairs.includes(event.pair)) this.happened.push(event)
    })
  }

  /** What happens from now on is none of its business. */
  stop(): void {
    this.#stop()
  }

  /** Holds what a feed told against it. Trades without a time cannot be told apart, and are taken for missing. */
  accounts(messages: readonly FeedMessage[]): TradeAccounts {
    const happened = sums(this.happened)
    const before = sums(this.#before)
    const told = sums(tradesIn(messages))
    const over = [...told].filter(([key, size]) => size > (happened.get(key) ?? 0) + (before.get(key) ?? 0) + precision)
    const isKnown = ([key]: readonly [string, number]): boolean => happened.has(key) || before.has(key)
    return {
      tooMuch: over.filter(isKnown).map(([key]) => key),
      invented: over.filter((entry) => !isKnown(entry)).map(([key]) => key),
      missing: this.happened.filter((trade) => {
        const key = keyOf(trade)
        return (told.get(key) ?? 0) < (happened.get(key) ?? 0) - precision
      }),
    }
  }
}

/** What became of a trade that was not told: `told` where a gap says that something of its time is missing, `untold` where none does, `denied` where the only one that covers it says that all was fetched. */
export function coverage(trade: MarketTrade, gaps: readonly GapEvent[], slackMs: number): 'told' | 'untold' | 'denied' {
  const covering = gaps.filter(
    ({ channel, symbol, from, to }) =>
      channel === 'trades' &&
      (symbol === null || symbol === trade.pair) &&
      from - slackMs <= trade.time &&
      trade.time <= (to ?? Number.POSITIVE_INFINITY) + slackMs,
  )
  if (covering.length === 0) return 'untold'
  return covering.every(({ action }) => action === 'backfilled') ? 'denied' : 'told'
}

/** Trades as a feed told them, one after the other, each as `BTC/USDT buy 87500.1 at 1767225600145: 0.5`. */
export function toldTrades(messages: readonly FeedMessage[]): readonly string[] {
  return tradesIn(messages).map((trade) => `${keyOf(trade)}: ${trade.size}`)
}

interface AnyTrade {
  readonly pair: Instrument | null
  readonly side: Side
  readonly price: string | number
  readonly size: string | number
  readonly time: number | null
}

function tradesIn(messages: readonly FeedMessage[]): readonly AnyTrade[] {
  return messages.flatMap((message) =>
    message.type === MessageType.Trades ? message.data.map((trade) => ({ ...trade, pair: message.symbol })) : [],
  )
}

function keyOf({ pair, side, price, time }: AnyTrade): string {
  return `${pair?.name} ${side} ${Number(price)} at ${Math.floor(time ?? 0)}`
}

function sums(trades: readonly AnyTrade[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const trade of trades) {
    const key = keyOf(trade)
    sizes.set(key, (sizes.get(key) ?? 0) + Number(trade.size))
  }
  return sizes
}
