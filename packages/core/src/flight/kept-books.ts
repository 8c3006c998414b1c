import type { OrderBook } from '../model/order-book.js'
import type { FlatLevels } from '../model/payloads.js'

/** A book as a line beside a capture says it. */
export interface BookLine {
  /** When it was so, epoch ms: updates that were received later follow. */
  readonly t: number
  readonly symbol: string
  readonly sequence: number
  readonly bids: FlatLevels
  readonly asks: FlatLevels
}

/** Levels a side that are kept. */
const levels = 200

/** Images of the order books of a manager, taken now and then: updates of the last seconds are of use only with a book that they follow on. */
export class KeptBooks {
  readonly #intervalMs: number
  /** The newest last. */
  readonly #images = new Map<string, readonly BookLine[]>()

  /** `intervalMs` is how often an image is taken of each. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /** Takes images of those whose last one is old; of so many at most that they take turns where this is called every `everyMs`. */
  take(books: readonly OrderBook[], now: number, everyMs: number): void {
    let left = Math.ceil((books.length * everyMs) / this.#intervalMs)
    const current = new Set(books.map(({ symbol }) => symbol.name))
    for (const symbol of this.#images.keys()) if (!current.has(symbol)) this.#images.delete(symbol)
    for (const book of books) {
      const { isLive, sequence, symbol } = book
      const images = this.#images.get(symbol.name) ?? []
      const isOld = now - (images.at(-1)?.t ?? Number.NEGATIVE_INFINITY) >= this.#intervalMs
      if (!isOld || !isLive || sequence === null || left === 0) continue
      left -= 1
      const image = { t: now, symbol: symbol.name, sequence, bids: flat(book.bids()), asks: flat(book.asks()) }
      // The one before the last is at least as old as a dump goes back.
      this.#images.set(symbol.name, [...images.slice(-2), image])
    }
  }

  /** Of each book the newest image from before `from`, or the oldest, epoch ms; none that is not younger than `lostUntil`, when updates were lost that follow on it. */
  before(from: number, lostUntil: number | null): readonly BookLine[] {
    return [...this.#images.values()].flatMap((images) => {
      const usable = images.filter(({ t }) => lostUntil === null || t > lostUntil)
      const image = usable.findLast(({ t }) => t <= from) ?? usable[0]
      return image === undefined ? [] : [image]
    })
  }
}

function flat(side: Iterable<{ readonly price: number; readonly size: number }>): FlatLevels {
  const numbers: number[] = []
  for (const { price, size } of side) {
    numbers.push(price, size)
    if (numbers.length === levels * 2) break
  }
  return numbers
}
