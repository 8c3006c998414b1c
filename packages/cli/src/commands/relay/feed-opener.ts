import {
  createPrivateExchange,
  createPublicExchange,
  type ExchangeFeed,
  type FeedListeners,
  type PublicChannel,
} from '@tapewire/core'
import type { ConnectionLimiter } from '@tapewire/core/adapter'
import type { MeasuredFeed } from '@tapewire/core/prometheus'
import type { FeedNotes } from '../../notes/feed-notes.js'
import type { RelayPlan } from './plan-relay.js'

type Kind = 'market' | 'account'

/** Opens the feeds of a plan, whose news are told, and closes what is left of them. Of each kind there is one at a time: whoever opens another has closed the one before. */
export class FeedOpener {
  /** What is opened, by its label for Prometheus. */
  readonly measured: Map<MeasuredFeed, string> = new Map()
  readonly #plan: RelayPlan
  readonly #on: FeedListeners
  /** Aborted when the command ends. */
  readonly signal: AbortSignal
  readonly #feeds = new Map<Kind, ExchangeFeed>()

  constructor(plan: RelayPlan, notes: FeedNotes, signal: AbortSignal) {
    const { onError, onGap, onStreamState, onConnectionState, onAlert } = notes
    this.#plan = plan
    this.#on = { error: onError, gap: onGap, stream: onStreamState, connection: onConnectionState, alert: onAlert }
    this.signal = signal
  }

  /** Rejects as `createPublicExchange`. */
  async market(
    symbols: readonly string[],
    channels: readonly PublicChannel[],
    limiter?: ConnectionLimiter,
  ): Promise<ExchangeFeed> {
    const candleIntervals = this.#plan.market?.candleIntervals
    const widths = candleIntervals === undefined ? {} : { candleIntervals }
    const shared = this.#shared(this.signal)
    return this.#keep(
      'market',
      await createPublicExchange({ ...shared, symbols, channels, ...widths, ...withLimiter(limiter) }),
    )
  }

  /** Rejects as `createPrivateExchange`. With a `signal` it is closed by whoever asked for it, which aborts that, and nothing of it is kept here afterwards. */
  async account(
    { credentials, channels }: NonNullable<RelayPlan['account']>,
    signal?: AbortSignal,
    limiter?: ConnectionLimiter,
  ): Promise<ExchangeFeed> {
    const either = signal === undefined ? this.signal : AbortSignal.any([this.signal, signal])
    const feed = await createPrivateExchange({
      ...this.#shared(either),
      credentials,
      channels,
      ...withLimiter(limiter),
    })
    this.#keep('account', feed)
    signal?.addEventListener('abort', () => this.#forget('account', feed), { once: true })
    return feed
  }

  async close(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.close()))
  }

  // Refused streams are a warning as long as others are left.
  #shared(signal: AbortSignal) {
    const { definition: exchange, endpoints: options } = this.#plan
    return { exchange, options, on: this.#on, onRefused: 'continue', signal } as const
  }

  #keep(kind: Kind, feed: ExchangeFeed): ExchangeFeed {
    const before = this.#feeds.get(kind)
    if (before !== undefined) this.#forget(kind, before)
    this.#feeds.set(kind, feed)
    this.measured.set(feed.manager, kind)
    return feed
  }

  #forget(kind: Kind, feed: ExchangeFeed): void {
    if (this.#feeds.get(kind) === feed) this.#feeds.delete(kind)
    this.measured.delete(feed.manager)
  }
}

function withLimiter(limiter: ConnectionLimiter | undefined): { readonly limiter?: ConnectionLimiter } {
  return limiter === undefined ? {} : { limiter }
}
