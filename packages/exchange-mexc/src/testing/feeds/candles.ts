import { createHash } from 'node:crypto'
import type { Instrument } from '@tapewire/core'
import type { CandleWidth } from '@tapewire/testkit'
import { composePush } from '../replies.js'
import { type Feed, type FeedSource, sendTimeOf, wireNameOf } from './feed.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/**
 * Widths by the name a stream has for them, and the one REST has. A month is one of the calendar, in UTC. Which day a week begins on is documented nowhere; Monday, as on
 * the exchange's own charts, is an assumption. REST has no name for eight hours. Source: MEXC spot v3 API docs, "K-line Streams" and "Kline Interval".
 */
const widths: readonly { readonly stream: string; readonly rest: string | null; readonly width: CandleWidth }[] = [
  { stream: 'Min1', rest: '1m', width: minute },
  { stream: 'Min5', rest: '5m', width: 5 * minute },
  { stream: 'Min15', rest: '15m', width: 15 * minute },
  { stream: 'Min30', rest: '30m', width: 30 * minute },
  { stream: 'Min60', rest: '60m', width: hour },
  { stream: 'Hour4', rest: '4h', width: 4 * hour },
  { stream: 'Hour8', rest: null, width: 8 * hour },
  { stream: 'Day1', rest: '1d', width: day },
  { stream: 'Week1', rest: '1W', width: 'week' },
  { stream: 'Month1', rest: '1M', width: 'month' },
]
const widthsByStreamName = new Map(widths.map(({ stream, width }) => [stream, width]))
const widthsByRestName = new Map(widths.map(({ rest, width }) => [rest, width]))

/** What a stream's name asks for; null for a width MEXC does not have. */
export function streamCandleWidth(name: string): CandleWidth | null {
  return widthsByStreamName.get(name) ?? null
}

/** What a REST request asks for; null for a width MEXC does not have there. */
export function restCandleWidth(name: string): CandleWidth | null {
  return widthsByRestName.get(name) ?? null
}

/** `kline`: the candle in progress once a second, its window in seconds. It has `createTime` and `symbolId`, and no `sendTime`. */
export class CandlesFeed implements Feed {
  readonly intervalMs: number = 1_000
  readonly #name: string
  readonly #pair: Instrument
  readonly #interval: string
  readonly #width: CandleWidth
  readonly #source: FeedSource
  readonly #symbolId: string

  constructor(name: string, pair: Instrument, width: CandleWidth, source: FeedSource) {
    this.#name = name
    this.#pair = pair
    this.#interval = name.slice(name.lastIndexOf('@') + 1)
    this.#width = width
    this.#source = source
    this.#symbolId = createHash('md5').update(pair.name).digest('hex')
  }

  next(): Uint8Array {
    const candle = this.#source.market.candle(this.#pair, this.#width)
    const value = {
      interval: this.#interval,
      windowStart: candle.openTime / 1000,
      openingPrice: candle.open,
      closingPrice: candle.close,
      highestPrice: candle.high,
      lowestPrice: candle.low,
      volume: candle.baseVolume,
      amount: candle.quoteVolume,
      windowEnd: candle.closeTime / 1000,
    }
    return composePush(this.#name, {
      symbol: wireNameOf(this.#pair),
      symbolId: this.#symbolId,
      createTime: sendTimeOf(this.#source.clock),
      body: { $case: 'publicSpotKline', value },
    })
  }
}
