import type { Instrument } from '@tapewire/core'
import type { MarketEvent } from '@tapewire/testkit'
import type { PublicBookTickerV3Api } from '../../shared/generated/market-data.js'
import { composePush } from '../replies.js'
import { type Feed, type FeedSource, sendTimeOf, wireNameOf } from './feed.js'

/** How often `bookTicker.batch` pushes; documented nowhere. */
const batchIntervalMs = 100

/** `aggre.bookTicker`: the best bid and ask each interval, changed or not. */
export class AggreBookTickerFeed implements Feed {
  readonly intervalMs: number
  readonly #name: string
  readonly #pair: Instrument
  readonly #source: FeedSource

  constructor(name: string, pair: Instrument, intervalMs: number, source: FeedSource) {
    this.#name = name
    this.#pair = pair
    this.intervalMs = intervalMs
    this.#source = source
  }

  next(): Uint8Array {
    const { quote, version, time } = quoteNow(this.#source, this.#pair)
    return composePush(this.#name, {
      symbol: wireNameOf(this.#pair),
      sendTime: sendTimeOf(this.#source.clock),
      body: { $case: 'publicAggreBookTicker', value: { ...quote, version, lastOrderCreateTime: time } },
    })
  }
}

/** `bookTicker.batch`: every new best bid and ask of the interval, oldest first. */
export class BookTickerBatchFeed implements Feed {
  readonly intervalMs: number = batchIntervalMs
  readonly #name: string
  readonly #pair: Instrument
  readonly #source: FeedSource
  #items: PublicBookTickerV3Api[] = []
  #last: PublicBookTickerV3Api

  constructor(name: string, pair: Instrument, source: FeedSource) {
    this.#name = name
    this.#pair = pair
    this.#source = source
    this.#last = quoteNow(source, pair).quote
  }

  join(): void {
    if (this.#items.length === 0) this.#items.push(this.#last)
  }

  onEvent(event: MarketEvent): void {
    if (event.kind !== 'book') return
    const { quote } = quoteNow(this.#source, this.#pair)
    if (JSON.stringify(quote) === JSON.stringify(this.#last)) return
    this.#last = quote
    this.#items.push(quote)
  }

  next(): Uint8Array | null {
    if (this.#items.length === 0) return null
    const { version, time } = quoteNow(this.#source, this.#pair)
    const items = this.#items
    this.#items = []
    return composePush(this.#name, {
      symbol: wireNameOf(this.#pair),
      sendTime: sendTimeOf(this.#source.clock),
      body: { $case: 'publicBookTickerBatch', value: { items, version, lastOrderCreateTime: time } },
    })
  }
}

function quoteNow(
  { market }: FeedSource,
  pair: Instrument,
): { quote: PublicBookTickerV3Api; version: string; time: number } {
  const { bids, asks, lastId, time } = market.book(pair, 1)
  const [bidPrice, bidQuantity] = bids[0] ?? ['', '']
  const [askPrice, askQuantity] = asks[0] ?? ['', '']
  return { quote: { bidPrice, bidQuantity, askPrice, askQuantity }, version: String(lastId), time }
}
