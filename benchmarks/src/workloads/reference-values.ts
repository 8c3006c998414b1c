import { bookValue, quoteValue } from '../measure/message-values.js'
import { mexcWrapper } from './mexc-frames.js'

interface GateioPush {
  readonly channel: string
  readonly result: Readonly<Record<string, string>> & {
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
    case 'spot.obu':
      return bookValue(result.u, (result.b[0] ?? []).map(Number), (result.a[0] ?? []).map(Number))
    case 'spot.tickers':
      return Number(result.last)
    case 'spot.candlesticks':
      return Number(result.c)
    default:
      throw new Error(`There is no reference for ${channel}.`)
  }
}

/** The value of one MEXC push. */
export function mexcValue(frame: Buffer): number {
  const push = mexcWrapper().decode(frame)
  const quote = push.publicAggreBookTicker
  if (quote) {
    return quoteValue(Number(quote.bidPrice), Number(quote.bidQuantity), Number(quote.askPrice), Number(quote.askQuantity))
  }
  const deal = push.publicAggreDeals?.deals[0]
  if (deal) return Number(deal.price) + Number(deal.quantity)
  throw new Error(`There is no reference for ${push.channel}.`)
}
