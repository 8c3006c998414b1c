import { createHash } from 'node:crypto'
import type { Instrument } from '@tapewire/core'
import { type MexcCandleInterval, wireIntervals } from '../../candle-intervals.js'
import { wireSymbolOf } from '../../symbols.js'
import { composePush } from '../compose-push.js'
import { type Feed, type FeedSource, sendTimeOf } from './feed.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const widthsMs: Readonly<Record<MexcCandleInterval, number>> = {
  '1m': minute,
  '5m': 5 * minute,
  '15m': 15 * minute,
  '30m': 30 * minute,
  '1h': hour,
  '4h': 4 * hour,
  '8h': 8 * hour,
  '1d': day,
  '1w': 7 * day,
  '1M': 30 * day,
}

/** `kline`: the candle in progress once a second, its window in seconds. It has `createTime` and `symbolId`, and no `sendTime`. */
export class CandleFeed implements Feed {
  readonly intervalMs: number = 1_000
  readonly #name: string
  readonly #pair: Instrument
  readonly #interval: MexcCandleInterval
  readonly #source: FeedSource
  readonly #symbolId: string

  constructor(name: string, pair: Instrument, interval: MexcCandleInterval, source: FeedSource) {
    this.#name = name
    this.#pair = pair
    this.#interval = interval
    this.#source = source
    this.#symbolId = createHash('md5').update(pair.name).digest('hex')
  }

  next(): Uint8Array {
    const widthMs = widthsMs[this.#interval]
    const candle = this.#source.market.candle(this.#pair, widthMs)
    const value = {
      interval: wireIntervals[this.#interval],
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
      symbol: wireSymbolOf(this.#pair),
      symbolId: this.#symbolId,
      createTime: sendTimeOf(this.#source.clock),
      body: { $case: 'publicSpotKline', value },
    })
  }
}
