import type { BookSide, Instrument, Level, OrderBook } from '@tapewire/core'
import type { BookImage, TextLevel } from '../../market/market-event.js'
import type { MarketSimulator } from '../../market/market-simulator.js'

/** The first level at which a book is not what the market's is, the best bid first. */
export interface BookDifference {
  readonly side: BookSide
  /** 0 is the best. */
  readonly index: number
  readonly expected: Level | null
  readonly got: Level | null
  /** The price and the size of the level as the market writes them; null where it has none there. */
  readonly expectedText: TextLevel | null
}

/** Compares a book with the market's, both as deep as `depth`, level by level; null where they are the same. */
export function bookDifference(book: OrderBook, image: BookImage, depth: number): BookDifference | null {
  const held = book.depth(depth)
  for (const side of ['bids', 'asks'] as const) {
    const truth = image[side].slice(0, depth)
    const levels = held[side]
    for (let index = 0; index < Math.max(truth.length, levels.length); index += 1) {
      const expectedText = truth[index] ?? null
      const expected = expectedText === null ? null : { price: Number(expectedText[0]), size: Number(expectedText[1]) }
      const got = levels[index] ?? null
      if (expected?.price !== got?.price || expected?.size !== got?.size)
        return { side, index, expected, got, expectedText }
    }
  }
  return null
}

/** What the books of a market have been lately: a live book may be a moment behind, and is then what the market's was. */
export class BookHistory {
  readonly #market: MarketSimulator
  readonly #now: () => number
  readonly #depth: number
  /** When the market left each state; infinite for the one it is in. */
  readonly #states = new Map<Instrument, Map<string, number>>()
  readonly #present = new Map<Instrument, string>()

  /** `depth` levels a side are remembered, from now on. */
  constructor(market: MarketSimulator, now: () => number, depth: number) {
    this.#market = market
    this.#now = now
    this.#depth = depth
    for (const pair of market.pairs) this.#note(pair)
    market.listen((event) => {
      if (event.kind === 'book') this.#note(event.pair)
    })
  }

  /** Whether the market's book is as this one, or was so within the last `behindMs`. */
  had(book: OrderBook, behindMs: number): boolean {
    const { bids, asks } = book.depth(this.#depth)
    const state = stateOf([...bids, ...asks].flatMap(({ price, size }) => [price, size]))
    const leftAt = this.#states.get(book.symbol)?.get(state)
    return leftAt !== undefined && leftAt >= this.#now() - behindMs
  }

  #note(pair: Instrument): void {
    const { bids, asks } = this.#market.book(pair, this.#depth)
    const state = stateOf([...bids, ...asks].flat().map(Number))
    const states = this.#states.get(pair) ?? new Map<string, number>()
    this.#states.set(pair, states)
    const before = this.#present.get(pair)
    if (before !== undefined) states.set(before, this.#now())
    states.set(state, Number.POSITIVE_INFINITY)
    this.#present.set(pair, state)
  }
}

function stateOf(values: readonly number[]): string {
  return values.join(' ')
}
