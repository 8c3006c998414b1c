import { bigDecimalText, decimalText } from './decimal-text.js'
import { ExactSum } from './exact-sum.js'
import type { MarketCandle, MarketStatistics } from './market-event.js'
import type { MarketPrecision } from './market-precision.js'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Candle widths the simulator keeps, ms. Windows begin at whole multiples of the width since the epoch. */
export const candleWidthsMs: readonly number[] = [
  second,
  10 * second,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  4 * hour,
  8 * hour,
  day,
  7 * day,
  30 * day,
]

/** Open, high, low, close and volumes of a run of trades, in ticks and lots. */
class Summary {
  openTime: number
  open: number
  high: number
  low: number
  close: number
  readonly base = new ExactSum()
  readonly quote = new ExactSum()

  constructor(openTime: number, ticks: number) {
    this.openTime = openTime
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
  restart(openTime: number): void {
    this.openTime = openTime
    this.open = this.high = this.low = this.close
    this.base.clear()
    this.quote.clear()
  }
}

/** What the trades of one pair add up to: statistics since the start, and the current and the last closed candle of every width. */
export class TradeTape {
  readonly #precision: MarketPrecision
  readonly #total: Summary
  readonly #candles = new Map<number, Summary>()
  readonly #closed = new Map<number, MarketCandle>()

  constructor(precision: MarketPrecision, ticks: number, time: number) {
    this.#precision = precision
    this.#total = new Summary(time, ticks)
    for (const widthMs of candleWidthsMs) this.#candles.set(widthMs, new Summary(windowStart(time, widthMs), ticks))
  }

  add(ticks: number, lots: number, time: number): void {
    this.#total.add(ticks, lots)
    for (const [widthMs, candle] of this.#candles) {
      if (time >= candle.openTime + widthMs) this.#turn(candle, widthMs, time)
      candle.add(ticks, lots)
    }
  }

  get statistics(): MarketStatistics {
    const { open, high, low, close, base, quote } = this.#total
    return {
      open: this.#price(open),
      high: this.#price(high),
      low: this.#price(low),
      last: this.#price(close),
      ...this.#volumes(base, quote),
    }
  }

  /** The candle whose window holds `time`; flat at the last price until a trade falls into it. Throws a `RangeError` for an unknown width. */
  candle(widthMs: number, time: number): MarketCandle {
    return this.#image(this.#turned(widthMs, time), false)
  }

  /** The candle of the window before that; null before one has ended. */
  closedCandle(widthMs: number, time: number): MarketCandle | null {
    this.#turned(widthMs, time)
    return this.#closed.get(widthMs) ?? null
  }

  #turned(widthMs: number, time: number): Summary {
    const candle = this.#candles.get(widthMs)
    if (candle === undefined) {
      throw new RangeError(`No candles of ${widthMs} ms are kept; known widths are ${candleWidthsMs.join(', ')} ms.`)
    }
    if (time >= candle.openTime + widthMs) this.#turn(candle, widthMs, time)
    return candle
  }

  /** Begins the window that holds `time` at the last price, and keeps the one before it. */
  #turn(candle: Summary, widthMs: number, time: number): void {
    const openTime = windowStart(time, widthMs)
    if (openTime - candle.openTime > widthMs) candle.restart(openTime - widthMs)
    this.#closed.set(widthMs, this.#image(candle, true))
    candle.restart(openTime)
  }

  #image(candle: Summary, closed: boolean): MarketCandle {
    const { openTime, open, high, low, close, base, quote } = candle
    return {
      openTime,
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

function windowStart(time: number, widthMs: number): number {
  return time - (time % widthMs)
}
