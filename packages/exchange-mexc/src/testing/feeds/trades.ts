import type { Instrument } from '@tapewire/core'
import type { MarketEvent } from '@tapewire/testkit'
import type { PublicAggreDealItem } from '../../shared/generated/market-data.js'
import { composePush } from '../replies.js'
import { type Feed, type FeedSource, sendTimeOf, wireNameOf } from './feed.js'

/** Public ids are about as long as recorded ones. */
const firstTradeId = 710_000_000_000_000_000n

/** `aggre.deals`: the trades of the interval. Each id is a pair of neighbours. The recorded frame has no `eventType`, which the docs show. */
export class TradesFeed implements Feed {
  readonly intervalMs: number
  readonly #name: string
  readonly #pair: Instrument
  readonly #source: FeedSource
  #deals: PublicAggreDealItem[] = []

  constructor(name: string, pair: Instrument, intervalMs: number, source: FeedSource) {
    this.#name = name
    this.#pair = pair
    this.intervalMs = intervalMs
    this.#source = source
  }

  onEvent(event: MarketEvent): void {
    if (event.kind !== 'trade') return
    const { id, price, size, side, time } = event
    this.#deals.push({ price, quantity: size, tradeType: side === 'buy' ? 1 : 2, time, tradeId: wireTradeId(id) })
  }

  next(): Uint8Array | null {
    if (this.#deals.length === 0) return null
    const deals = this.#deals
    this.#deals = []
    return composePush(this.#name, {
      symbol: wireNameOf(this.#pair),
      sendTime: sendTimeOf(this.#source.clock),
      body: {
        $case: 'publicAggreDeals',
        value: { deals, eventType: '' },
      },
    })
  }
}

/** `710000000000000002X0_710000000000000003X0` */
export function wireTradeId(id: number): string {
  const first = firstTradeId + 2n * BigInt(id)
  return `${first}X0_${first + 1n}X0`
}
