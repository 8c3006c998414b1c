import { type Clock, type Instrument, StreamError } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { createRandom, randomItem } from '../random.js'
import type { CandleWidth } from './candle-window.js'
import type { BookImage, MarketCandle, MarketEvent, MarketStatistics, MarketTrade } from './market-event.js'
import type { MarketPrecision } from './market-precision.js'
import { PairMarket } from './pair-market.js'
import { Ticker } from './ticker.js'

/** What a simulated market is made of. */
export interface MarketOptions {
  /** At least one pair. */
  readonly pairs: readonly Instrument[]
  /** The same seed and clock give the same market. Default 1. */
  readonly seed?: number
  /** Gives every event its time. Default: the machine's. */
  readonly clock?: Clock
  /** How many levels a side has at most, 8 to 5,000; it never has fewer than three quarters of that. Default 120. */
  readonly levels?: number
  /** How many of its latest trades each pair keeps, 1 to 100,000. Default 1,000. */
  readonly keptTrades?: number
  /** How many closed candles of each width each pair keeps, 1 to 100,000. Default 200. */
  readonly keptCandles?: number
}

/**
 * A seeded market that knows the true book, trades, statistics and candles of every pair: what adapters are checked against.
 * Prices and sizes are whole ticks and lots inside and trimmed decimal text outside; nothing is ever rounded. A book never crosses and never empties.
 * Methods that take a pair throw `ERR_INVALID_SYMBOL` for one it does not trade.
 */
export class MarketSimulator {
  readonly pairs: readonly Instrument[]
  readonly #clock: Clock
  readonly #random: () => number
  readonly #markets: ReadonlyMap<Instrument, PairMarket>
  readonly #ticker: Ticker
  #listeners: readonly ((event: MarketEvent) => void)[] = []

  constructor(options: MarketOptions) {
    const { pairs, seed = 1, clock = systemClock, levels = 120, keptTrades = 1_000, keptCandles = 200 } = options
    if (pairs.length === 0) throw new TypeError('A market needs at least one pair.')
    if (!(levels >= 8 && levels <= 5_000)) throw new RangeError(`levels must be 8 to 5,000, not ${levels}.`)
    for (const [name, kept] of Object.entries({ keptTrades, keptCandles })) {
      if (!(kept >= 1 && kept <= 100_000)) throw new RangeError(`${name} must be 1 to 100,000, not ${kept}.`)
    }
    this.pairs = [...new Set(pairs)]
    this.#clock = clock
    this.#random = createRandom(seed)
    const time = this.#time()
    const kept = { trades: keptTrades, candles: keptCandles }
    this.#markets = new Map(this.pairs.map((pair) => [pair, new PairMarket(pair, seed, levels, kept, time)]))
    this.#ticker = new Ticker(clock, () => this.step())
  }

  /** Whether the market trades this pair. */
  has(pair: Instrument): boolean {
    return this.#markets.has(pair)
  }

  /** One thing happens to `pair`, or to one chosen by chance: a book change, or trades followed by the book change they caused. Listeners hear it first. */
  step(pair?: Instrument): readonly MarketEvent[] {
    const market = this.#market(pair ?? randomItem(this.#random, this.pairs))
    const events = market.step(this.#time())
    for (const event of events) {
      for (const listener of this.#listeners) listener(event)
    }
    return events
  }

  /** Hears every event, in order; returns what ends it. */
  listen(listener: (event: MarketEvent) => void): () => void {
    const entry = (event: MarketEvent): void => listener(event)
    this.#listeners = [...this.#listeners, entry]
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry)
    }
  }

  /** The book now, best levels first, `depth` levels a side; all by default. */
  book(pair: Instrument, depth: number = Number.POSITIVE_INFINITY): BookImage {
    return this.#market(pair).image(depth)
  }

  statistics(pair: Instrument): MarketStatistics {
    return this.#market(pair).tape.statistics
  }

  /** The candle in progress, of one of `candleWidths`; throws a `RangeError` for another width. It opens where the last one closed. */
  candle(pair: Instrument, width: CandleWidth): MarketCandle {
    return this.#market(pair).tape.candle(width, this.#time())
  }

  /** The candle before that one; null until one has ended. */
  closedCandle(pair: Instrument, width: CandleWidth): MarketCandle | null {
    return this.closedCandles(pair, width).at(-1) ?? null
  }

  /** The candles before that one, oldest first, at most as many as are kept; windows without a trade are flat at the price before them. */
  closedCandles(pair: Instrument, width: CandleWidth): readonly MarketCandle[] {
    return this.#market(pair).tape.closedCandles(width, this.#time())
  }

  /** The latest trade; there is one from the beginning. */
  lastTrade(pair: Instrument): MarketTrade {
    return this.#market(pair).trades.at(-1) as MarketTrade
  }

  /** The latest trades, oldest first, at most as many as are kept. */
  recentTrades(pair: Instrument): readonly MarketTrade[] {
    return this.#market(pair).trades
  }

  precision(pair: Instrument): MarketPrecision {
    return this.#market(pair).precision
  }

  /** Steps every `intervalMs` of the clock, until `stop()`; below 1 ms several steps share a timer. A second call changes the pace. */
  start(intervalMs: number): void {
    this.#ticker.start(intervalMs)
  }

  stop(): void {
    this.#ticker.stop()
  }

  #time(): number {
    return Math.floor(this.#clock.now())
  }

  #market(pair: Instrument): PairMarket {
    const market = this.#markets.get(pair)
    if (market !== undefined) return market
    throw new StreamError('ERR_INVALID_SYMBOL', `The simulated market does not trade ${pair.name}.`, {
      hint: `It trades ${this.pairs.map(String).join(', ')}.`,
    })
  }
}
