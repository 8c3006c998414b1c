/**
 * The `data` of each message. Times are epoch milliseconds. A field the exchange does not send is null, never missing.
 * Public prices and sizes are numbers, exactly `Number(text)` of what was sent; private amounts are the exchange's own
 * decimal text, because money someone owns is never rounded.
 */

/** Book levels, flat: `[price, size, price, size, …]`. Walk them with `levels()`. */
export type FlatLevels = readonly number[]

/** The texts of levels as the exchange sent them, flat as the levels are and parallel to them: `['87500.10', '0.50', …]`. */
export interface BookDigits {
  readonly bids: readonly string[]
  readonly asks: readonly string[]
}

/** `orderbook`: a whole book, or absolute sizes to set (0 removes the level). Level order in a delta is not promised. */
export interface OrderbookData {
  readonly kind: 'snapshot' | 'delta'
  readonly bids: FlatLevels
  readonly asks: FlatLevels
  /** First update id this message covers; null where the exchange gives none (snapshots). */
  readonly firstSequence: number | null
  /** Last update id this message covers; null where the exchange gives none. */
  readonly lastSequence: number | null
  /** The exchange's checksum of the book after this message, as it was sent; null where it sends none. */
  readonly checksum: number | string | null
  /** The levels' own texts; null except where a checksum is made of them. */
  readonly digits: BookDigits | null
}

export type Side = 'buy' | 'sell'

/** `trades`: one public trade; `side` is the taker's. */
export interface PublicTrade {
  readonly id: string | null
  readonly price: number
  readonly size: number
  readonly side: Side
  readonly time: number | null
}

/** `book_ticker`: best bid and ask; null where that side is empty. */
export interface BookTickerData {
  readonly bidPrice: number | null
  readonly bidSize: number | null
  readonly askPrice: number | null
  readonly askSize: number | null
}

/** `ticker`: rolling 24 h statistics. `change` is a fraction: 0.01 is +1 %. */
export interface TickerData {
  readonly last: number | null
  readonly open: number | null
  readonly high: number | null
  readonly low: number | null
  readonly baseVolume: number | null
  readonly quoteVolume: number | null
  readonly change: number | null
  readonly bidPrice: number | null
  readonly askPrice: number | null
}

/** Candle widths, ours. */
export const candleIntervals = ['10s', '1m', '5m', '15m', '30m', '1h', '4h', '8h', '1d', '1w', '1M'] as const
export type CandleInterval = (typeof candleIntervals)[number]

/** `candles`: one candlestick; `closed` is null where the exchange does not say. */
export interface CandleData {
  readonly interval: CandleInterval
  readonly openTime: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly baseVolume: number | null
  readonly quoteVolume: number | null
  readonly closed: boolean | null
}

/**
 * How far an order has come. `cancelled` and `partially_cancelled` are every end before it was filled whole, without a fill and after some, whoever brought it
 * about: its owner, the exchange, or its own time in force, which is the case for an `ioc` or `fok` that found no match and a `post_only` that would have. Not
 * every exchange tells these apart. `expired` is one whose last moment has come, where an exchange knows such orders.
 */
export type OrderStatus =
  | 'open'
  | 'partially_filled'
  | 'filled'
  | 'cancelled'
  | 'partially_cancelled'
  | 'rejected'
  | 'expired'

export type OrderType = 'limit' | 'market' | 'stop'
export type TimeInForce = 'gtc' | 'ioc' | 'fok' | 'post_only'

/**
 * `orders`: the state of one own order. Amounts are exact decimal text, sizes in base currency. A word of the exchange that we do not know is null: `type`, `side`,
 * `timeInForce` and `status` of an order are told as far as they can be read, and an order is told without them.
 */
export interface OrderData {
  readonly id: string
  readonly clientId: string | null
  readonly side: Side | null
  /** `stop` waits for its trigger price. */
  readonly type: OrderType | null
  readonly timeInForce: TimeInForce | null
  readonly status: OrderStatus | null
  /** The limit; null for market orders, also where the exchange protects one by a price that nobody asked for. */
  readonly price: string | null
  /** Where the price has to come for the order to become active; null for orders that are so at once. */
  readonly triggerPrice: string | null
  /** What was asked for. A market buy that names what to spend has none until it is filled: then it is the filled size. */
  readonly size: string | null
  readonly filledSize: string | null
  /** What is still to be filled; known where `size` is. */
  readonly remainingSize: string | null
  /** Of the fills so far; null before the first. */
  readonly averagePrice: string | null
  readonly createdAt: number | null
  readonly updatedAt: number | null
}

/** `executions`: one own fill. Amounts are exact decimal text. */
export interface ExecutionData {
  readonly id: string
  readonly orderId: string
  readonly clientId: string | null
  /** Null where the exchange uses a word that we do not know, as `liquidity`. */
  readonly side: Side | null
  readonly price: string
  readonly size: string
  /** What was paid or received in quote currency. */
  readonly quoteSize: string | null
  /** Above 0 where it was paid, below where it was given. */
  readonly fee: string | null
  readonly feeAsset: string | null
  readonly liquidity: 'maker' | 'taker' | null
  readonly time: number | null
}

/** `balances`: one asset after a change. Amounts are exact decimal text; those that the exchange does not send are exact sums of those it does. */
export interface BalanceData {
  readonly asset: string
  /** What can be spent. */
  readonly free: string | null
  /** What open orders hold. */
  readonly locked: string | null
  /** Both together. */
  readonly total: string | null
  /** By how much `total` changed: 0 where an order locks what was free. */
  readonly change: string | null
  /** By how much `free` changed. */
  readonly freeChange: string | null
  /** The exchange's own word for why, in lower case. */
  readonly reason: string | null
  readonly time: number | null
}

/** The `data` of each channel's messages. */
export interface ChannelPayloads {
  readonly orderbook: OrderbookData
  readonly trades: readonly PublicTrade[]
  readonly book_ticker: BookTickerData
  readonly ticker: TickerData
  readonly candles: CandleData
  readonly orders: OrderData
  readonly executions: ExecutionData
  readonly balances: readonly BalanceData[]
}
