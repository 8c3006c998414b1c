/** What kind of message a frame held, as an integer: a handler can switch on it without comparing text. */
export const MessageType = {
  /** Order book snapshots and updates. */
  Orderbook: 1,
  /** Public trades. */
  Trades: 2,
  /** Best bid and ask. */
  BookTicker: 3,
  /** Rolling 24 h statistics. */
  Ticker: 4,
  /** Own executions. */
  Trade: 5,
  /** Own balances. */
  Balance: 6,
  /** Own orders. */
  Order: 7,
  /** Candlesticks. */
  Candle: 8,
  /** The exchange's answer to a subscribe or unsubscribe; consumed by the manager. */
  SubscriptionConfirm: 0,
  /** The exchange's answer to a request that is no subscription (a login, a user's own); consumed by whoever asked. */
  Reply: 777,
  /** Pongs and pings; consumed by the manager. */
  Heartbeat: 999,
  /** The exchange reported an error, or the bytes were malformed. */
  Error: -1,
  /** Valid, but outside what this library normalises. */
  Other: 888,
  /** Well-formed, and nothing we know. */
  Unknown: -999,
} as const

export type MessageType = (typeof MessageType)[keyof typeof MessageType]
