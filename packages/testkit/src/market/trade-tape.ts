import { type CandleWidth, candleWidths, windowEnd, windowStart } from './candle-window.js'
import { bigDecimalText, decimalText } from './decimal-text.js'
import { ExactSum } from './exact-sum.js'
import type { MarketCandle, MarketStatistics } from './market-event.js'
import type { MarketPrecision } from './market-precision.js'

/** Open, high, low, close and volumes of a run of trades, in ticks and lots. */
class Summary {
  openTime: number
  closeTime: number
  open: number
  high: number
  low: number
  close: number
  readonly base = new ExactSum()
  readonly quote = new ExactSum()

  constructor(openTime: number, closeTime: number, ticks: number) {
    this.openTime = openTime
    this.closeTime = closeTime
    this.open = this.high = this.low = this.close = ticks
  }

  add(ticks: number, lots: number): void {
    if (ticks > this.high) this.high = ticks
    if (ticks < this.low) this.low = ticks
    this.close = ticks
    this.base.add(lots)
    this.quote.add(ticks * lots)
  }

  /** A new window opens where the last one closed. */
  restart(openTime: number, width: CandleWidth): void {
    this.openTime = openTime
    this.closeTime = windowEnd(width, openTime)
    this.open = this.high = this.low = this.close
    this.base.clear()
    this.quote.clear()
  }
}

/** What the trades of one pair add up to: statistics since the start, and of every width the current candle and the last closed ones. */
export class TradeTape {
  readonly #precision: MarketPrecision
  readonly #keptCandles: number
  readonly #total: Summary
  readonly #candles = new Map<CandleWidth, Summary>()
  readonly #closed = new Map<CandleWidth, MarketCandle[]>()

  /** Keeps `keptCandles` closed candles of every width; the oldest go first. */
  constructor(precision: MarketPrecision, keptCandles: number, ticks: number, time: number) {
    this.#precision = precision
    this.#keptCandles = keptCandles
    this.#total = new Summary(time, Number.POSITIVE_INFINITY, ticks)
    for (const width of candleWidths) {
      const openTime = windowStart(width, time)
      this.#candles.set(width, new Summary(openTime, windowEnd(width, openTime), ticks))
      this.#closed.set(width, [])
    }
  }

  add(ticks: number, lots: number, time: number): void {
    this.#total.add(ticks, lots)
    for (const [width, candle] of this.#candles) {
      if (time >= candle.closeTime) this.#turn(candle, width, time)
      candle.add(ticks, lots)
    }
  }

  get statistics(): MarketStatistics {
    const { openTime, open, high, low, close, base, quote } = this.#total
    return {
      openTime,
      open: this.#price(open),
      high: this.#price(high),
      low: this.#price(low),
      last: this.#price(close),
      ...this.#volumes(base, quote),
    }
  }

  /** The candle whose window holds `time`; flat at the last price until a trade falls into it. Throws a `RangeError` for an unknown width. */
  candle(width: CandleWidth, time: number): MarketCandle {
    return this.#image(this.#turned(width, time), false)
  }

  /** The candles of the windows before that, oldest first; those that are kept. */
  closedCandles(width: CandleWidth, time: number): readonly MarketCandle[] {
    this.#turned(width, time)
    return this.#closed.get(width) as MarketCandle[]
  }

  #turned(width: CandleWidth, time: number): Summary {
    const candle = this.#candles.get(width)
    if (candle === undefined) {
      throw new RangeError(`No candles of width ${width} are kept; known widths are ${candleWidths.join(', ')}.`)
    }
    if (time >= candle.closeTime) this.#turn(candle, width, time)
    return candle
  }

  /** Begins the window that holds `time` at the last price. Windows without a trade have closed flat: of a long silence, as many as are kept. */
  #turn(candle: Summary, width: CandleWidth, time: number): void {
    const closed = this.#closed.get(width) as MarketCandle[]
    const openTime = windowStart(width, time)
    closed.push(this.#image(candle, true))
    const silentFrom = typeof width === 'number' ? openTime - this.#keptCandles * width : 0
    candle.restart(Math.max(candle.closeTime, silentFrom), width)
    while (candle.openTime < openTime) {
      closed.push(this.#image(candle, true))
      candle.restart(candle.closeTime, width)
    }
    if (closed.length > this.#keptCandles) closed.splice(0, closed.length - this.#keptCandles)
  }

  #image(candle: Summary, closed: boolean): MarketCandle {
    const { openTime, closeTime, open, high, low, close, base, quote } = candle
    return {
      openTime,
      closeTime,
      open: this.#price(open),
      high: this.#price(high),
      low: this.#price(low),
      close: this.#price(close),
      ...this.#volumes(base, quote),
      closed,
    }
  }

  #price(ticks: number): string {
    return decimalText(ticks, this.#precision.priceDigits)
  }

  #volumes(base: ExactSum, quote: ExactSum): { baseVolume: string; quoteVolume: string } {
    const { priceDigits, sizeDigits } = this.#precision
    return {
      baseVolume: bigDecimalText(base.total, sizeDigits),
      quoteVolume: bigDecimalText(quote.total, priceDigits + sizeDigits),
    }
  }
}
