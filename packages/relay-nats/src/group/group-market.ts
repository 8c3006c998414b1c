import type { ExchangeFeed, StreamState } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import type { Owned } from '../ownership.js'
import { Relay } from '../relay/relay.js'
import type { RelayMetrics } from '../relay/relay-metrics.js'
import type { RelayOptions } from '../relay/relay-options.js'
import type { RelayedStream } from '../subjects.js'
import { type GroupFeedParts, insistMs, untilNone } from './group-feed.js'
import type { RelayGroupOptions } from './relay-group-options.js'
import { defaultShareCount, shareOfSymbol } from './share.js'
import type { LetGoReason, Ownership } from './share-handler.js'

/** The instruments that a member has: one feed and one relay for whichever of the group's shares are its own. */
export class GroupMarket {
  readonly #options: RelayGroupOptions
  readonly #relayOptions: RelayOptions
  readonly #parts: GroupFeedParts
  readonly #shareCount: number
  readonly #symbols = new Map<string, string[]>()
  readonly #owned = new Map<string, Owned>()
  #opened: { readonly feed: ExchangeFeed; readonly relay: Relay } | null = null
  #subscribing: Promise<void> = Promise.resolve()

  constructor(options: RelayGroupOptions, relayOptions: RelayOptions, parts: GroupFeedParts) {
    const { shares = defaultShareCount, symbols = [] } = options
    this.#options = options
    this.#relayOptions = relayOptions
    this.#parts = parts
    this.#shareCount = shares
    for (const symbol of symbols) {
      const share = shareOfSymbol(symbol, shares)
      this.#symbols.set(share, [...(this.#symbols.get(share) ?? []), symbol])
    }
  }

  /** Null before it had its first instrument. */
  metrics(): RelayMetrics | null {
    return this.#opened?.relay.metrics() ?? null
  }

  /** The instruments that are its own now. */
  symbols(): readonly string[] {
    return [...this.#owned.keys()].flatMap((share) => this.#symbols.get(share) ?? []).sort()
  }

  async prepare(share: string, signal: AbortSignal): Promise<void> {
    await this.#subscribe(share)
    const names = new Set(this.#symbols.get(share) ?? [])
    const isWaited = ({ stream, status }: StreamState): boolean =>
      names.has(stream.instrument?.name ?? '') && status !== 'live'
    // Nothing is relayed of the share.
    if (this.#opened === null || names.size === 0) return
    await untilNone(this.#opened.feed, isWaited, signal)
  }

  own(share: string, { epoch, isWarm, after }: Ownership): void {
    this.#owned.set(share, { epoch, continues: isWarm && after === 'hand-over' })
    if (!isWarm) void this.#insist(share, epoch)
    void this.#opened?.relay.ownershipChanged()
  }

  async letGo(share: string, reason: LetGoReason): Promise<void> {
    const isOwned = this.#owned.delete(share)
    const published = isOwned ? this.#opened?.relay.ownershipChanged() : undefined
    const symbols = this.#symbols.get(share) ?? []
    if (symbols.length > 0) void this.#inTurn(() => this.#unsubscribe(share, symbols))
    if (reason !== 'lapsed') await published
  }

  async close(): Promise<void> {
    await this.#subscribing
    await this.#opened?.relay.close()
    await this.#opened?.feed.close()
  }

  /** Until it is subscribed, or is not this member's any more. */
  async #insist(share: string, epoch: number): Promise<void> {
    while (this.#owned.get(share)?.epoch === epoch) {
      try {
        await this.#subscribe(share)
        return
      } catch (thrown) {
        this.#parts.onError(thrown)
        await new Promise<void>((resolve) => systemClock.setTimer(insistMs, resolve))
      }
    }
  }

  #subscribe(share: string): Promise<void> {
    const symbols = this.#symbols.get(share) ?? []
    if (symbols.length === 0) return Promise.resolve()
    return this.#inTurn(async () => {
      if (this.#opened === null) await this.#open(symbols)
      else await this.#opened.feed.subscribe(symbols, this.#options.channels)
    })
  }

  async #open(symbols: readonly string[]): Promise<void> {
    const { openFeed, channels = [] } = this.#options
    const feed = await openFeed?.(symbols, channels, this.#parts.limiterOf(null))
    if (feed === undefined) return
    const relay = new Relay(feed, this.#relayOptions, {
      of: (stream) => this.#owned.get(this.#shareOf(stream)) ?? null,
      mayPublish: (stream) => this.#parts.mayPublish(this.#shareOf(stream)),
    })
    try {
      await relay.open()
      this.#opened = { feed, relay }
    } catch (thrown) {
      await feed.close()
      throw thrown
    }
  }

  #shareOf({ symbol }: RelayedStream): string {
    return shareOfSymbol(symbol, this.#shareCount)
  }

  async #unsubscribe(share: string, symbols: readonly string[]): Promise<void> {
    // Taken again meanwhile.
    if (this.#owned.has(share)) return
    try {
      await this.#opened?.feed.unsubscribe(symbols, this.#options.channels)
    } catch (thrown) {
      this.#parts.onError(thrown)
    }
  }

  /** One after the other: what is let go of and taken again at once must end subscribed. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#subscribing.then(work)
    this.#subscribing = done.catch(() => {})
    return done
  }
}
