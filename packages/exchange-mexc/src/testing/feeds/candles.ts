import { createHash } from 'node:crypto'
import type { Instrument } from '@tapewire/core'
import { composePush } from '../replies.js'
import { type Feed, type FeedSource, sendTimeOf, wireNameOf } from './feed.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Source: MEXC spot v3 API docs, "K-line Streams". */
const widthsMs: ReadonlyMap<string, number> = new Map([
  ['Min1', minute],
  ['Min5', 5 * minute],
  ['Min15', 15 * minute],
  ['Min30', 30 * minute],
  ['Min60', hour],
  ['Hour4', 4 * hour],
  ['Hour8', 8 * hour],
  ['Day1', day],
  ['Week1', 7 * day],
  ['Month1', 30 * day],
])

export function isCandleWidth(name: string): boolean {
  return widthsMs.has(name)
}

/** `kline`: the candle in progress once a second, its window in seconds. It has `createTime` and `symbolId`, and no `sendTime`. */
export class CandlesFeed implements Feed {
  readonly intervalMs: number = 1_000
  readonly #name: string
  readonly #pair: Instrument
  readonly #width: string
  readonly #source: FeedSource
  readonly #symbolId: string

  constructor(name: string, pair: Instrument, width: string, source: FeedSource) {
    this.#name = name
    this.#pair = pair
    this.#width = width
    this.#source = source
    this.#symbolId = createHash('md5').update(pair.name).digest('hex')
  }

  next(): Uint8Array {
    const widthMs = widthsMs.get(this.#width) as number
    const candle = this.#source.market.candle(this.#pair, widthMs)
    const value = {
      interval: this.#width,
      windowStart: candle.openTime / 1000,
      openingPrice: candle.open,
      closingPrice: candle.close,
      highestPrice: candle.high,
      lowestPrice: candle.low,
      volume: candle.baseVolume,
      amount: candle.quoteVolume,
      windowEnd: (candle.openTime + widthMs) / 1000,
    }
    return composePush(this.#name, {
      symbol: wireNameOf(this.#pair),
      symbolId: this.#symbolId,
      createTime: sendTimeOf(this.#source.clock),
      body: { $case: 'publicSpotKline', value },
    })
  }
}
