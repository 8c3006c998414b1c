import { bookUpdateValue, bookValue, quoteValue } from '../measure/message-values.js'
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
  const bids = new Map<number, string>()
  const asks = new Map<number, string>()
  return frames.map((frame) => {
    const { result } = JSON.parse(frame) as GateioPush
    if (result.full) {
      bids.clear()
      asks.clear()
    }
    for (const [book, changes] of [
      [bids, result.b],
      [asks, result.a],
    ] as const) {
      for (const [price, size] of changes) {
        if (Number(size) === 0) book.delete(Number(price))
        else book.set(Number(price), size as string)
      }
    }
    return bookValue(result.u, Math.max(...bids.keys()), Math.min(...asks.keys()))
  })
}

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
