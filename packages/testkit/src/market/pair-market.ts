import type { Instrument } from '@tapewire/core'
import { createRandom, hashText, randomInteger } from '../random.js'
import { BookSide } from './book-side.js'
import { decimalText } from './decimal-text.js'
import type { BookChange, BookImage, MarketEvent, MarketTrade, TextLevel } from './market-event.js'
import { type MarketPrecision, marketPrecision } from './market-precision.js'
import { TouchedLevels } from './touched-levels.js'
import { TradeTape } from './trade-tape.js'

/** What share of the steps is a trade. */
const tradeShare = 0.12
/** Book ids start above 2^32, as on busy exchanges. */
const firstBookId = 30_000_000_000
/** A spread of more free ticks than this is narrowed before anything else. */
const wideSpread = 8
/** The price stays within this share of where it began. */
const band = 0.15

/** How much of its past a market keeps; the oldest goes first. */
export interface KeptPast {
  readonly trades: number
  /** Closed candles of every width. */
  readonly candles: number
}

/** The market of one pair: its book, its trades, and what happens next. */
export class PairMarket {
  readonly precision: MarketPrecision
  readonly #pair: Instrument
  readonly #random: () => number
  readonly #levels: number
  readonly #keptTrades: number
  readonly #bids: BookSide
  readonly #asks: BookSide
  readonly #touchedBids = new TouchedLevels()
  readonly #touchedAsks = new TouchedLevels()
  readonly tape: TradeTape
  #lastId: number
  #edits = 0
  /** The latest, oldest first; there is one from the beginning. */
  readonly trades: MarketTrade[] = []
  #time: number
  /** The book since the last step, by depth: a feed and a request often ask for the same. */
  readonly #images = new Map<number, BookImage>()

  constructor(pair: Instrument, seed: number, levels: number, kept: KeptPast, time: number) {
    this.precision = marketPrecision(pair)
    this.#pair = pair
    this.#random = createRandom(seed ^ hashText(pair.name))
    this.#levels = levels
    this.#keptTrades = kept.trades
    this.#bids = new BookSide(1, levels + 1)
    this.#asks = new BookSide(-1, levels + 1)
    this.#lastId = firstBookId + randomInteger(this.#random, 0, 999_999_999)
    this.#time = time
    const { startTicks } = this.precision
    this.#fill(this.#bids, startTicks)
    this.#fill(this.#asks, startTicks + 1)
    this.tape = new TradeTape(this.precision, kept.candles, startTicks, time)
    this.#trade(randomInteger(this.#random, 1_000_000, 900_000_000), startTicks, 1, 'sell', time)
  }

  step(time: number): MarketEvent[] {
    this.#time = time
    this.#images.clear()
    if (this.#random() < tradeShare) {
      const trades = this.#take(time)
      if (trades.length > 0) return [...trades, this.#change(time)]
    }
    const edits = 1 + Math.floor(this.#nearZero() * 6)
    for (let edit = 0; edit < edits; edit++) this.#edit(this.#random() < 0.5 ? this.#bids : this.#asks)
    return [this.#change(time)]
  }

  image(depth: number): BookImage {
    const known = this.#images.get(depth)
    if (known !== undefined) return known
    const image: BookImage = {
      pair: this.#pair,
      lastId: this.#lastId,
      bids: this.#side(this.#bids, depth),
      asks: this.#side(this.#asks, depth),
      time: this.#time,
    }
    this.#images.set(depth, image)
    return image
  }

  #side(side: BookSide, depth: number): TextLevel[] {
    const { priceDigits, sizeDigits } = this.precision
    const levels: TextLevel[] = []
    for (let index = 0; index < Math.min(depth, side.count); index++) {
      levels.push([decimalText(side.ticksAt(index), priceDigits), decimalText(side.lotsAt(index), sizeDigits)])
    }
    return levels
  }

  #fill(side: BookSide, bestTicks: number): void {
    let ticks = bestTicks
    for (let index = 0; index < this.#levels; index++) {
      side.set(ticks, this.#newLots())
      ticks -= side.direction * randomInteger(this.#random, 1, 3)
    }
  }

  /** A taker eats from the touch on: one trade a level. Empty where the side is too thin for it. */
  #take(time: number): MarketTrade[] {
    const takerBuys = this.#random() < 0.5
    const side = takerBuys ? this.#asks : this.#bids
    const trades: MarketTrade[] = []
    let wanted = this.#newLots()
    while (wanted > 0 && trades.length < 4 && side.count > this.#fewest) {
      const ticks = side.ticksAt(0)
      const available = side.lotsAt(0)
      const lots = Math.min(wanted, available)
      wanted -= lots
      this.#set(side, ticks, available - lots)
      const { id } = this.trades.at(-1) as MarketTrade
      trades.push(this.#trade(id + 1, ticks, lots, takerBuys ? 'buy' : 'sell', time))
    }
    return trades
  }

  #trade(id: number, ticks: number, lots: number, side: 'buy' | 'sell', time: number): MarketTrade {
    const { priceDigits, sizeDigits } = this.precision
    this.tape.add(ticks, lots, time)
    const price = decimalText(ticks, priceDigits)
    const size = decimalText(lots, sizeDigits)
    const trade: MarketTrade = { kind: 'trade', pair: this.#pair, id, price, size, side, time }
    this.trades.push(trade)
    if (this.trades.length > this.#keptTrades) this.trades.shift()
    return trade
  }

  /** Inserts, changes or deletes one level, so that the side keeps between three quarters and all of its levels. */
  #edit(side: BookSide): void {
    const choice = this.#random()
    if (side.count >= this.#levels) {
      this.#set(side, side.ticksAt(choice < 0.5 ? side.count - 1 : this.#depth(side)), 0)
    } else if (choice < 0.25 || side.count <= this.#fewest) {
      this.#set(side, this.#newTicks(side), this.#newLots())
    } else if (choice < 0.5) {
      this.#set(side, side.ticksAt(this.#depth(side)), 0)
    } else {
      this.#set(side, side.ticksAt(this.#depth(side)), this.#newLots())
    }
  }

  get #fewest(): number {
    return Math.ceil(this.#levels * 0.75)
  }

  /** Chance from 0 to 1 that prefers small values: half of them are below an eighth. */
  #nearZero(): number {
    const value = this.#random()
    return value * value * value
  }

  /** A depth that exists, mostly near the touch. */
  #depth(side: BookSide): number {
    return Math.floor(this.#nearZero() * side.count)
  }

  #newLots(): number {
    return 1 + Math.floor(this.#nearZero() * 200_000)
  }

  /** A price for a level: inside the spread where there is room, else behind the touch. Never crosses, never below one tick. */
  #newTicks(side: BookSide): number {
    const best = side.ticksAt(0)
    const room = this.#asks.ticksAt(0) - this.#bids.ticksAt(0) - 1
    if (room > 0 && this.#mayImprove(side, best) && (room > wideSpread || this.#random() < 0.2)) {
      return best + side.direction * randomInteger(this.#random, 1, room > wideSpread ? room : 1)
    }
    const behind = 1 + Math.floor(this.#nearZero() * 6 * this.#levels)
    return Math.max(1, best - side.direction * behind)
  }

  #mayImprove(side: BookSide, best: number): boolean {
    return (best / this.precision.startTicks - 1) * side.direction < band
  }

  #set(side: BookSide, ticks: number, lots: number): void {
    side.set(ticks, lots)
    const touched = side === this.#bids ? this.#touchedBids : this.#touchedAsks
    touched.add(ticks, lots)
    this.#edits++
  }

  #change(time: number): BookChange {
    const firstId = this.#lastId + 1
    this.#lastId += this.#edits
    this.#edits = 0
    return {
      kind: 'book',
      pair: this.#pair,
      firstId,
      lastId: this.#lastId,
      bids: this.#touchedBids.take(this.precision),
      asks: this.#touchedAsks.take(this.precision),
      time,
    }
  }
}
