import type { Channel } from '../model/channel.js'
import type { Instrument, WireSymbol } from '../model/instrument.js'

export type SubscriptionAction = 'subscribe' | 'unsubscribe'

/** What a user asked for: every channel for every symbol. Account-wide channels ignore the symbols. */
export interface SubscriptionRequest {
  readonly symbols: readonly Instrument[]
  readonly channels: readonly Channel[]
}

/** One stream on the wire. */
export interface Stream {
  /** Unique within the exchange, and what acknowledgements name: `spot.trades:BTC_USDT`. */
  readonly id: string
  readonly channel: Channel
  /** Null for an account-wide stream. */
  readonly symbol: Instrument | null
  readonly wireChannel: string
  readonly wireSymbol: WireSymbol | null
  /** Further arguments the wire wants, in its order: interval, depth. */
  readonly params: readonly string[]
}

/** One request ready to be sent, and the streams its acknowledgement will be about. */
export interface OutboundMessage {
  readonly payload: string | Uint8Array
  readonly action: SubscriptionAction
  /** Echoed by the exchange; null where it echoes none. */
  readonly requestId: number | null
  readonly wireChannel: string
  readonly streams: readonly Stream[]
}

/** What a subscription message may need beyond the streams. */
export interface SubscriptionContext {
  /** The next request id of this connection, 1 and up. */
  nextRequestId(): number
  /** The machine's clock, epoch milliseconds. */
  wallTime(): number
}

/** Which wire streams a request means, and how to ask for them. */
export interface SubscriptionStrategy {
  /**
   * The wire streams of a request, without duplicates.
   * Throws `ERR_UNSUPPORTED_CHANNEL` where the exchange has no such channel, `ERR_INVALID_SYMBOL` for a pair it cannot spell.
   */
  plan(request: SubscriptionRequest): readonly Stream[]
  /**
   * The messages that subscribe or unsubscribe these streams, batched to the exchange's limits, each stream in exactly one.
   * Pure; below 1 µs a stream. Returns a promise only where signing needs one (a key in a vault).
   */
  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: SubscriptionContext,
  ): readonly OutboundMessage[] | Promise<readonly OutboundMessage[]>
}
