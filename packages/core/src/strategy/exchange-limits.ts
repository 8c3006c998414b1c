/** What an exchange allows, each number read by core. Each definition names the source of each number. */
export interface ExchangeLimits {
  /** Streams one connection may carry; `Infinity` where none is documented. */
  readonly streamsPerConnection: number
  /** How many of those we leave free, so that a racing unsubscribe never meets the limit. */
  readonly streamHeadroom: number
  /** Client messages a second on one connection. */
  readonly clientMessagesPerSecond: number
  /** After which the exchange ends a connection, however well it is, ms, above 0; `Infinity` where none is documented. */
  readonly connectionLifetimeMs: number
  /** Connections that one address may have open, those of accounts included; absent where none is documented. Kept where the manager is given a `limiter`: by itself it does not count. */
  readonly connectionsPerAddress?: number
  /** Connections that one key of an account may have open; absent where none is documented. Kept by a `limiter` alone, too. */
  readonly connectionsPerKey?: number
}
