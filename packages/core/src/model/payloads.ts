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

/** `orders`: the state of one own order. Amounts are exact decimal text. */
export interface OrderData {
  readonly id: string
  readonly clientId: string | null
  readonly side: Side
  readonly type: OrderType | null
  readonly timeInForce: TimeInForce | null
  readonly status: OrderStatus
  readonly price: string | null
  readonly size: string | null
  readonly filledSize: string | null
  readonly remainingSize: string | null
  readonly averagePrice: string | null
  readonly createdAt: number | null
  readonly updatedAt: number | null
}

/** `executions`: one own fill. Amounts are exact decimal text. */
export interface ExecutionData {
  readonly id: string
  readonly orderId: string
  readonly clientId: string | null
  readonly side: Side
  readonly price: string
  readonly size: string
  readonly quoteSize: string | null
  readonly fee: string | null
  readonly feeAsset: string | null
  readonly liquidity: 'maker' | 'taker' | null
  readonly time: number | null
}

/** `balances`: one asset after a change. Amounts are exact decimal text. */
export interface BalanceData {
  readonly asset: string
  readonly free: string | null
  readonly locked: string | null
  readonly total: string | null
  readonly change: string | null
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
