import {
  createPrivateExchange,
  createPublicExchange,
  type ExchangeFeed,
  type FeedListeners,
  type PublicChannel,
} from '@tapewire/core'
import type { MeasuredFeed } from '@tapewire/core/prometheus'
import type { FeedNotes } from '../../notes/feed-notes.js'
import type { RelayPlan } from './plan-relay.js'

/** Opens the feeds of a plan, whose news are told, and closes what is left of them. */
export class FeedOpener {
  /** What is opened, by its label for Prometheus. */
  readonly measured: Map<MeasuredFeed, string> = new Map()
  readonly #plan: RelayPlan
  readonly #on: FeedListeners
  readonly #signal: AbortSignal
  readonly #feeds: ExchangeFeed[] = []

  constructor(plan: RelayPlan, notes: FeedNotes, signal: AbortSignal) {
    const { onError, onGap, onStreamState, onConnectionState, onAlert } = notes
    this.#plan = plan
    this.#on = { error: onError, gap: onGap, stream: onStreamState, connection: onConnectionState, alert: onAlert }
    this.#signal = signal
  }

  /** Rejects as `createPublicExchange`. */
  async market(symbols: readonly string[], channels: readonly PublicChannel[]): Promise<ExchangeFeed> {
    const candleIntervals = this.#plan.market?.candleIntervals
    const widths = candleIntervals === undefined ? {} : { candleIntervals }
    return this.#keep('market', await createPublicExchange({ ...this.#shared, symbols, channels, ...widths }))
  }

  /** Rejects as `createPrivateExchange`. */
  async account({ credentials, channels }: NonNullable<RelayPlan['account']>): Promise<ExchangeFeed> {
    return this.#keep('account', await createPrivateExchange({ ...this.#shared, credentials, channels }))
  }

  async close(): Promise<void> {
    await Promise.all(this.#feeds.map((feed) => feed.close()))
  }

  // Refused streams are a warning as long as others are left.
  get #shared() {
    const { definition: exchange, endpoints: options } = this.#plan
    return { exchange, options, on: this.#on, onRefused: 'continue', signal: this.#signal } as const
  }

  #keep(label: string, feed: ExchangeFeed): ExchangeFeed {
    this.#feeds.push(feed)
    this.measured.set(feed.manager, label)
    return feed
  }
}
