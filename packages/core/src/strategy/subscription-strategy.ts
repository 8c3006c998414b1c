import type { Channel } from '../model/channel.js'
import type { Instrument } from '../model/instrument.js'
import type { CandleInterval } from '../model/payloads.js'
import type { Stream } from '../model/stream.js'
import type { StrategyEnv } from './env.js'

export type SubscriptionAction = 'subscribe' | 'unsubscribe'

/** What a user asked for: one channel for these instruments. Channels about a whole account ignore them. */
export interface SubscriptionRequest {
  readonly channel: Channel
  readonly instruments: readonly Instrument[]
  /** The widths asked for, where the channel is `candles`; null where none was named, and then the exchange's own option says which are meant. `plannedIntervals()` reads them. */
  readonly candleIntervals: readonly CandleInterval[] | null
}

/** One request ready to be sent, and the streams its answers will be about. */
export interface OutboundMessage {
  readonly payload: string | Uint8Array
  readonly action: SubscriptionAction
  /** Echoed by the exchange; null where it echoes none. */
  readonly requestId: number | null
  readonly wireChannel: string
  readonly streams: readonly Stream[]
}

/** What a request may need beyond what it is about. */
export interface RequestContext extends StrategyEnv {
  /** The next request id, 1 and up, unique in the manager and over reconnects. */
  nextRequestId(): number
}

/** Which wire streams a request means, and how to ask for them. */
export interface SubscriptionStrategy {
  /**
   * The streams of a request, without duplicates, made by `createStream` once each: the same request means the same objects.
   * Throws `ERR_UNSUPPORTED_CHANNEL` where the exchange has no such channel, `ERR_INVALID_SYMBOL` for an instrument it cannot spell, `ERR_UNSUPPORTED_OPTION` for
   * candles of a width it does not have. Streams of candles say theirs in `params.interval`.
   */
  plan(request: SubscriptionRequest): readonly Stream[]
  /**
   * The messages that subscribe or unsubscribe these streams, batched to the exchange's limits, each stream in exactly one.
   * Pure; below 1 µs a stream. Returns a promise only where signing needs one (a key in a vault).
   */
  createSubscriptionMessages(
    action: SubscriptionAction,
    streams: readonly Stream[],
    context: RequestContext,
  ): readonly OutboundMessage[] | Promise<readonly OutboundMessage[]>
  /**
   * The exchange refused a request of ours for its time (`ERR_CLOCK_SKEW`). Resolves once the next one may be accepted: after the exchange's clock was asked, say. The
   * streams in question are then asked for once more. Without it, and where it rejects or takes too long, the refusal stands.
   */
  measureTime?(env: StrategyEnv): Promise<void>
  /**
   * Puts a request id into a user's own request, where this exchange echoes it. Absent where the exchange echoes none: `request()` is then
   * refused with `ERR_UNSUPPORTED_OPTION`.
   */
  createRequest?(payload: Readonly<Record<string, unknown>>, requestId: number): string
}
