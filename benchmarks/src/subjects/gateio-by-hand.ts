import { bookUpdateValue, quoteValue } from '../measure/message-values.js'

/** A book update as a handwritten client has it. */
export interface BookUpdate {
  readonly type: 'book_update'
  readonly symbol: string
  /** Flat. */
  readonly bids: readonly number[]
  readonly asks: readonly number[]
  readonly firstSequence: number
  readonly lastSequence: number
  readonly exchangeTime: number
}

/** One push, as `JSON.parse` gives it. */
export interface Push {
  readonly event: string
  readonly channel: string
  readonly time_ms: number
  readonly result: Result
}

export interface Result {
  readonly [field: string]: unknown
  readonly s: string
  readonly b: string & Levels
  readonly B: string
  readonly a: string & Levels
  readonly A: string
  readonly u: number
  readonly U: number
  readonly t: number & string
}

type Levels = readonly (readonly [string, string])[]

/**
 * What somebody who reads Gate.io by hand writes: `JSON.parse`, a switch on the channel, numbers out of the texts, one object a message. Returns the value of what
 * was read; null for what is no push.
 */
export function readGateioFrame(data: Buffer): number | null {
  return readGateioPush(JSON.parse(data.toString()))
}

/** The same for a push that is parsed already. */
export function readGateioPush(parsed: object): number | null {
  const push = parsed as Push
  if (push.event !== 'update') return null
  switch (push.channel) {
    case 'spot.book_ticker': {
      const quote = bookTicker(push.result)
      return quoteValue(quote.bidPrice, quote.bidSize, quote.askPrice, quote.askSize)
    }
    case 'spot.trades': {
      const trade = publicTrade(push.result)
      return trade.price + trade.size
    }
    case 'spot.order_book_update': {
      const update = bookUpdate(push.result)
      return bookUpdateValue(update.lastSequence, update.bids, update.asks)
    }
    case 'spot.tickers':
      return ticker(push).last
    case 'spot.candlesticks':
      return candle(push).close
    default:
      return null
  }
}

function bookTicker({ s, b, B, a, A, u, t }: Result) {
  return {
    type: 'book_ticker',
    symbol: s,
    bidPrice: Number(b),
    bidSize: Number(B),
    askPrice: Number(a),
    askSize: Number(A),
    sequence: u,
    exchangeTime: t,
  }
}

function publicTrade(result: Result) {
  return {
    type: 'trade',
    symbol: result.currency_pair as string,
    id: String(result.id),
    price: Number(result.price),
    size: Number(result.amount),
    side: result.side as 'buy' | 'sell',
    exchangeTime: Number(result.create_time_ms),
  }
}

export function bookUpdate({ s, b, a, U, u, t }: Result): BookUpdate {
  return {
    type: 'book_update',
    symbol: s,
    bids: flat(b),
    asks: flat(a),
    firstSequence: U,
    lastSequence: u,
    exchangeTime: t,
  }
}

function flat(levels: Levels): number[] {
  const numbers: number[] = []
  for (const [price, size] of levels) numbers.push(Number(price), Number(size))
  return numbers
}

function ticker({ result, time_ms }: Push) {
  return {
    type: 'ticker',
    symbol: result.currency_pair as string,
    last: Number(result.last),
    high: Number(result.high_24h),
    low: Number(result.low_24h),
    baseVolume: Number(result.base_volume),
    quoteVolume: Number(result.quote_volume),
    change: Number(result.change_percentage) / 100,
    bidPrice: Number(result.highest_bid),
    askPrice: Number(result.lowest_ask),
    exchangeTime: time_ms,
  }
}

function candle({ result, time_ms }: Push) {
  const name = result.n as string
  const separator = name.indexOf('_')
  return {
    type: 'candle',
    symbol: name.slice(separator + 1),
    interval: name.slice(0, separator),
    openTime: Number(result.t) * 1000,
    open: Number(result.o),
    high: Number(result.h),
    low: Number(result.l),
    close: Number(result.c),
    baseVolume: Number(result.a),
    quoteVolume: Number(result.v),
    closed: result.w as boolean | undefined,
    exchangeTime: time_ms,
  }
}
