import type { Instrument } from '@tapewire/core'
import type { MarketSimulator, MarketTrade } from '@tapewire/testkit'

/** What REST gives at most. Source: Gate.io REST v4 docs, `GET /spot/trades`. */
const mostKept = 1_000

/** The latest trades of every market. */
export class RecentTrades {
  readonly #trades = new Map<Instrument, MarketTrade[]>()
  readonly #stopListening: () => void

  constructor(market: MarketSimulator) {
    for (const pair of market.pairs) this.#trades.set(pair, [market.lastTrade(pair)])
    this.#stopListening = market.listen((event) => {
      if (event.kind !== 'trade') return
      const trades = this.#trades.get(event.pair) as MarketTrade[]
      trades.push(event)
      if (trades.length > mostKept) trades.shift()
    })
  }

  /** The latest first. */
  of(pair: Instrument, limit: number): readonly MarketTrade[] {
    return (this.#trades.get(pair) ?? []).slice(-limit).reverse()
  }

  close(): void {
    this.#stopListening()
  }
}
