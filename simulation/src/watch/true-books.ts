import type { Instrument, OrderBook } from '@tapewire/core'
import type { BookImage } from '@tapewire/testkit'
import type { Finding, Watch } from '../world/watch.js'
import type { World } from '../world/world.js'
import { longestFault } from './subscribed-once.js'

/** Levels a side that are compared: all that the market has, which every stream covers but one that says how many it does. */
const allLevels = 8
/** States of each book that are remembered: no live book is further behind. */
const remembered = 3_000
/** How far a live book may be behind the market while its connection is well, ms. */
const behindMs = 3_000

/** What the book of one pair was, and is. */
class History {
  readonly #states = new Map<number, BookImage>()
  /** When the market left each state, by its id. */
  readonly #leftAt = new Map<number, number>()
  #lastId: number

  constructor(image: BookImage) {
    this.#lastId = image.lastId
    this.#states.set(image.lastId, image)
  }

  get lastId(): number {
    return this.#lastId
  }

  note(image: BookImage, at: number): void {
    this.#leftAt.set(this.#lastId, at)
    this.#lastId = image.lastId
    this.#states.set(image.lastId, image)
    if (this.#states.size <= remembered) return
    const [oldest] = this.#states.keys()
    this.#states.delete(oldest as number)
    this.#leftAt.delete(oldest as number)
  }

  at(id: number): readonly number[] | null {
    const image = this.#states.get(id)
    return image === undefined ? null : levelsOf(image)
  }

  leftAt(id: number): number | undefined {
    return this.#leftAt.get(id)
  }
}

/** No book is live with a gap: a live one is, level by level, what the market's was at its id; and at rest what it is. */
export class TrueBooks implements Watch {
  readonly name = 'true books'
  readonly #world: World
  readonly #histories = new Map<Instrument, History>()
  /** The highest id at which each book has been live, since it was last subscribed. */
  readonly #reached = new Map<Instrument, number>()
  /** The state of each book that was found true last. */
  readonly #checked = new Map<Instrument, string>()

  readonly #depth: number

  constructor(world: World) {
    this.#world = world
    this.#depth = Math.min(allLevels, Number(world.script.options.depth ?? allLevels))
    const { market, clock, pairs } = world
    for (const pair of pairs) this.#histories.set(pair, new History(market.book(pair, this.#depth)))
    const { first, steps } = world.script
    const hasBooks = [first, ...steps].some((asked) => 'channels' in asked && asked.channels.includes('orderbook'))
    if (!hasBooks) return
    market.listen((event) => {
      if (event.kind === 'book')
        this.#histories.get(event.pair)?.note(market.book(event.pair, this.#depth), clock.now())
    })
  }

  afterStep(): Finding {
    const { manager, pairs } = this.#world
    for (const pair of pairs) {
      const book = manager.orderBook(pair)
      if (book === null) this.#reached.delete(pair)
      if (book === null || !book.isLive) continue
      const finding = this.#check(pair, book)
      if (finding !== null) return finding
    }
    return null
  }

  doubts(): readonly string[] {
    return this.#world.pairs.flatMap((pair) => {
      const book = this.#world.manager.orderBook(pair)
      return book === null || book.isLive || this.#isRefused(book)
        ? []
        : [`the book of ${pair.name} is ${book.status}: ${book.reason}`]
    })
  }

  atRest(): Finding {
    const { manager, pairs } = this.#world
    for (const pair of pairs) {
      const book = manager.orderBook(pair)
      if (book === null || this.#isRefused(book)) continue
      const { lastId } = this.#histories.get(pair) as History
      if (!book.isLive) return `the book of ${pair.name} is ${book.status} (${book.reason}) at rest`
      if (book.sequence !== lastId)
        return `the book of ${pair.name} is live at ${book.sequence}, and the market at ${lastId}`
    }
    return null
  }

  #isRefused({ stream }: OrderBook): boolean {
    return this.#world.manager.refused.some(({ streamId }) => streamId === stream.id)
  }

  #check(pair: Instrument, book: OrderBook): Finding {
    const history = this.#histories.get(pair) as History
    const { sequence } = book
    if (sequence === null) return `the book of ${pair.name} is live without an id`
    const reached = this.#reached.get(pair) ?? sequence
    if (sequence < reached) return `the book of ${pair.name} is live at ${sequence}, and has been at ${reached} before`
    this.#reached.set(pair, sequence)
    const state = `${sequence} ${book.since}`
    if (this.#checked.get(pair) !== state) {
      const truth = history.at(sequence)
      if (truth === null) return `the book of ${pair.name} is live at ${sequence}, where the market never was`
      const held = levelsHeld(book, this.#depth)
      if (held.length !== truth.length || held.some((value, index) => value !== truth[index])) {
        return `the book of ${pair.name} is live at ${sequence} and not what the market's was: ${held} instead of ${truth}`
      }
      this.#checked.set(pair, state)
    }
    const leftAt = history.leftAt(sequence)
    const allowedMs = behindMs + this.#world.exchange.watchdogMs + 2 * longestFault(this.#world)
    // A snapshot from a cache may be as old as it likes: from then on it has to be noticed.
    if (leftAt !== undefined && this.#world.clock.now() - Math.max(leftAt, book.since) > allowedMs) {
      return `the book of ${pair.name} is live at ${sequence}, which the market left more than ${allowedMs} ms ago`
    }
    return null
  }
}

function levelsOf({ bids, asks }: BookImage): readonly number[] {
  return [...bids, ...asks].flatMap(([price, size]) => [Number(price), Number(size)])
}

function levelsHeld(book: OrderBook, depth: number): readonly number[] {
  const { bids, asks } = book.depth(depth)
  return [...bids, ...asks].flatMap(({ price, size }) => [price, size])
}
