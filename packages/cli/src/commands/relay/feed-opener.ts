import {
  createPrivateExchange,
  createPublicExchange,
  type ExchangeFeed,
  type FeedListeners,
  type GapEvent,
  type PublicChannel,
} from '@tapewire/core'
import { type ConnectionLimiter, rehearseFeed } from '@tapewire/core/adapter'
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
    const { onError, onStreamState, onConnectionState, onAlert } = notes
    // A gap without an end is of a stream that was let go of: of a group, that is another member's now, and nothing is lost.
    const onGap = (gap: GapEvent): void => {
      if (plan.group === null || gap.to !== null) notes.onGap(gap)
    }
    this.#plan = plan
    this.#on = { error: onError, gap: onGap, stream: onStreamState, connection: onConnectionState, alert: onAlert }
    this.signal = signal
  }

  /** Whether the feeds of the plan could be opened, for whoever opens them when they are this process's only: what cannot be meant is said now. Rejects as `market` and `account`. */
  async rehearse(): Promise<void> {
    const { market, account } = this.#plan
    if (market !== null)
      await rehearseFeed((signal) =>
        createPublicExchange({ ...this.#ofMarket(market.symbols, market.channels), signal }),
      )
    if (account !== null)
      await rehearseFeed((signal) => createPrivateExchange({ ...this.#shared, ...ofAccount(account), signal }))
  }

  /** Rejects as `createPublicExchange`. */
  async market(
    symbols: readonly string[],
    channels: readonly PublicChannel[],
    limiter?: ConnectionLimiter,
  ): Promise<ExchangeFeed> {
    const options = { ...this.#ofMarket(symbols, channels), ...withLimiter(limiter), signal: this.signal }
    return this.#keep('market', await createPublicExchange(options))
  }

  /** Rejects as `createPrivateExchange`. With a `signal` it is closed by whoever asked for it, which aborts that, and nothing of it is kept here afterwards. */
  async account(
    account: NonNullable<RelayPlan['account']>,
    signal?: AbortSignal,
    limiter?: ConnectionLimiter,
  ): Promise<ExchangeFeed> {
    const either = signal === undefined ? this.signal : AbortSignal.any([this.signal, signal])
    const options = { ...this.#shared, ...ofAccount(account), ...withLimiter(limiter), signal: either }
    const feed = await createPrivateExchange(options)
    this.#keep('account', feed)
    signal?.addEventListener('abort', () => this.#forget('account', feed), { once: true })
    return feed
  }

  async close(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.close()))
  }

  #ofMarket(symbols: readonly string[], channels: readonly PublicChannel[]) {
    const candleIntervals = this.#plan.market?.candleIntervals
    return { ...this.#shared, symbols, channels, ...(candleIntervals === undefined ? {} : { candleIntervals }) }
  }

  // Refused streams are a warning as long as others are left.
  get #shared() {
    const { definition: exchange, endpoints: options } = this.#plan
    return { exchange, options, on: this.#on, onRefused: 'continue' } as const
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

function ofAccount({ credentials, channels }: NonNullable<RelayPlan['account']>) {
  return { credentials, channels } as const
}

function withLimiter(limiter: ConnectionLimiter | undefined): { readonly limiter?: ConnectionLimiter } {
  return limiter === undefined ? {} : { limiter }
}
