import type { CandleInterval, Instrument } from '@tapewire/core'
import { type CandleWidth, candleWidths } from '../../market/candle-window.js'
import type { BookImage, MarketCandle, MarketStatistics, MarketTrade } from '../../market/market-event.js'
import type { MarketSimulator } from '../../market/market-simulator.js'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** What our widths may mean: a week begins on a Monday on one exchange, and is counted from the epoch on another. */
const widthsOf: Readonly<Record<CandleInterval, readonly CandleWidth[]>> = {
  '10s': [10_000],
  '1m': [minute],
  '5m': [5 * minute],
  '15m': [15 * minute],
  '30m': [30 * minute],
  '1h': [hour],
  '4h': [4 * hour],
  '8h': [8 * hour],
  '1d': [day],
  '1w': ['week', 7 * day],
  '1M': ['month'],
}

/** One market between two changes. */
export interface MarketMoment {
  /** Since when, epoch ms. */
  readonly at: number
  readonly book: BookImage
  readonly statistics: MarketStatistics
}

/** What happened on a simulated market while a story was told: every trade, every book, every state of every candle. */
export class MarketTruth {
  readonly #market: MarketSimulator
  readonly #trades = new Map<Instrument, MarketTrade[]>()
  readonly #moments = new Map<Instrument, MarketMoment[]>()
  readonly #candles = new Map<string, MarketCandle[]>()

  /** Hears the market from now on. Trades from before are of the time before. */
  constructor(market: MarketSimulator, now: number) {
    this.#market = market
    for (const pair of market.pairs) {
      this.#trades.set(pair, [])
      this.#moments.set(pair, [])
      this.#note(pair, now)
    }
    market.listen((event) => {
      if (event.kind === 'trade') this.#trades.get(event.pair)?.push(event)
      else this.#note(event.pair, event.time)
    })
  }

  /** Keeps how the candles are now: to be called before and after whatever may change them, time included. */
  lookAtCandles(): void {
    for (const pair of this.#market.pairs) {
      for (const width of candleWidths) {
        const closed = this.#market.closedCandle(pair, width)
        if (closed !== null) this.#keep(pair, width, closed)
        this.#keep(pair, width, this.#market.candle(pair, width))
      }
    }
  }

  trades(pair: Instrument): readonly MarketTrade[] {
    return this.#trades.get(pair) ?? []
  }

  /** How the market of a pair was at any time of these, the latest first. */
  moments(pair: Instrument, from: number, to: number): readonly MarketMoment[] {
    const all = this.#moments.get(pair) ?? []
    const found: MarketMoment[] = []
    for (let place = all.length - 1; place >= 0; place -= 1) {
      const moment = all[place] as MarketMoment
      if (moment.at > to) continue
      found.push(moment)
      if (moment.at < from) break
    }
    return found
  }

  /** Every state of the candles of a width, in the order in which they came; more than one list's where our width may mean several. */
  candles(pair: Instrument, interval: CandleInterval): readonly MarketCandle[] {
    return widthsOf[interval].flatMap((width) => this.#candles.get(candleKey(pair, width)) ?? [])
  }

  #note(pair: Instrument, at: number): void {
    const market = this.#market
    this.#moments.get(pair)?.push({ at, book: market.book(pair), statistics: market.statistics(pair) })
  }

  #keep(pair: Instrument, width: CandleWidth, candle: MarketCandle): void {
    const key = candleKey(pair, width)
    const states = this.#candles.get(key) ?? []
    if (states.length === 0) this.#candles.set(key, states)
    const isKnown = states
      .slice(-3)
      .some(
        ({ openTime, baseVolume, close, closed }) =>
          openTime === candle.openTime &&
          baseVolume === candle.baseVolume &&
          close === candle.close &&
          closed === candle.closed,
      )
    if (!isKnown) states.push(candle)
  }
}

function candleKey(pair: Instrument, width: CandleWidth): string {
  return `${pair.name} ${width}`
}
