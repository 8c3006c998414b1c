import { bookUpdateValue, bookValue, quoteValue } from '../measure/message-values.js'
import type { BookImage } from './book-load.js'
import { mexcWrapper } from './mexc-frames.js'

interface GateioPush {
  readonly channel: string
  readonly result: Readonly<Record<string, string>> & {
    readonly full?: string & boolean
    readonly u: number
    readonly b: readonly (readonly string[])[] & string
    readonly a: readonly (readonly string[])[] & string
  }
}

/** The value of one Gate.io push. */
export function gateioValue(frame: string): number {
  const { channel, result } = JSON.parse(frame) as GateioPush
  switch (channel) {
    case 'spot.book_ticker':
      return quoteValue(Number(result.b), Number(result.B), Number(result.a), Number(result.A))
    case 'spot.trades':
      return Number(result.price) + Number(result.amount)
    case 'spot.order_book_update':
      return bookUpdateValue(result.u, (result.b[0] ?? []).map(Number), (result.a[0] ?? []).map(Number))
    case 'spot.tickers':
      return Number(result.last)
    case 'spot.candlesticks':
      return Number(result.c)
    default:
      throw new Error(`There is no reference for ${channel}.`)
  }
}

/** The values of `spot.obu` pushes that follow on each other: of the book after each of them. */
export function gateioBookValues(frames: readonly string[]): number[] {
  const book = new MapBook()
  return frames.map((frame) => {
    const { result } = JSON.parse(frame) as GateioPush
    if (result.full) book.clear()
    book.apply(result.b, result.a)
    return bookValue(result.u, book.bestBid, book.bestAsk)
  })
}

/** The values of MEXC's order book updates that follow on each other: of the book after each of them. */
export function mexcBookValues(frames: readonly Buffer[]): number[] {
  const book = new MapBook()
  const levels = (side: readonly { readonly price: string; readonly quantity: string }[]): string[][] =>
    side.map(({ price, quantity }) => [price, quantity])
  return frames.map((frame) => {
    const { publicAggreDepths: update } = mexcWrapper().decode(frame)
    if (!update) throw new Error('The push is no order book update.')
    book.apply(levels(update.bids), levels(update.asks))
    return bookValue(Number(update.toVersion), book.bestBid, book.bestAsk)
  })
}

/** The best prices after each `spot.order_book_update` on the books of these images, added up in their order: once through them, and once more. */
export function keptBooksSums(images: readonly BookImage[], frames: readonly string[]): [first: number, later: number] {
  const books = new Map(
    images.map(({ symbol, bids, asks }) => {
      const book = new MapBook()
      const levels = (side: readonly number[]): string[][] =>
        side.flatMap((price, index) => (index % 2 === 0 ? [[String(price), String(side[index + 1])]] : []))
      book.apply(levels(bids), levels(asks))
      return [symbol.replace('/', '_'), book]
    }),
  )
  const pass = (): number =>
    frames.reduce((sum, frame) => {
      const { result } = JSON.parse(frame) as GateioPush
      const book = books.get(result.s as string) as MapBook
      book.apply(result.b, result.a)
      return sum + (book.bestBid + book.bestAsk)
    }, 0)
  return [pass(), pass()]
}

/** A book as one would write it to be sure of it. */
class MapBook {
  readonly #bids = new Map<number, string>()
  readonly #asks = new Map<number, string>()

  clear(): void {
    this.#bids.clear()
    this.#asks.clear()
  }

  get bestBid(): number {
    return Math.max(...this.#bids.keys())
  }

  get bestAsk(): number {
    return Math.min(...this.#asks.keys())
  }

  apply(bids: Levels, asks: Levels): void {
    for (const [side, changes] of [
      [this.#bids, bids],
      [this.#asks, asks],
    ] as const) {
      for (const [price, size] of changes) {
        if (Number(size) === 0) side.delete(Number(price))
        else side.set(Number(price), size as string)
      }
    }
  }
}

type Levels = readonly (readonly string[])[]

/** The value of one MEXC push. */
export function mexcValue(frame: Buffer): number {
  const push = mexcWrapper().decode(frame)
  const quote = push.publicAggreBookTicker
  if (quote) {
    return quoteValue(
      Number(quote.bidPrice),
      Number(quote.bidQuantity),
      Number(quote.askPrice),
      Number(quote.askQuantity),
    )
  }
  const deal = push.publicAggreDeals?.deals[0]
  if (deal) return Number(deal.price) + Number(deal.quantity)
  throw new Error(`There is no reference for ${push.channel}.`)
}
