import { type ExchangeFeed, type PublicChannel, StreamError, type StreamState } from '@tapewire/core'
import { systemClock, toStreamError } from '@tapewire/core/adapter'
import type { Owned } from '../relay/ownership.js'
import { Relay, type RelayMetrics } from '../relay/relay.js'
import { checkRelayOptions, type RelayOptions } from '../relay/relay-options.js'
import type { RelayedStream } from '../subjects.js'
import type { GroupOptions } from './group-options.js'
import { type Group, joinGroup } from './join-group.js'
import { defaultShareCount, shareOfSymbol } from './share.js'
import type { Ownership as ShareOwnership } from './share-handler.js'

/** How long after a failure an instrument is subscribed again, ms. */
const insistMs = 1_000

/** What a group relays, and how a member takes part. */
export interface RelayGroupOptions
  extends Omit<RelayOptions, 'epoch' | 'clock' | 'random' | 'account'>,
    Pick<GroupOptions, 'group' | 'exchange' | 'member' | 'leaseMs' | 'shares' | 'replicas'> {
  /** Opens a feed of the exchange with these instruments, to which the group then adds others and from which it removes them; it closes it in the end. What rejects is tried again. */
  readonly openFeed: (symbols: readonly string[], channels: readonly PublicChannel[]) => Promise<ExchangeFeed>
  /** The names of all instruments that the group relays, `BTC/USDT`. The same for every member. */
  readonly symbols: readonly string[]
  /** The channels of each. The same for every member. */
  readonly channels: readonly PublicChannel[]
  /** What went wrong and was survived. */
  readonly onError?: (error: StreamError) => void
  /** Whether this process is a member: where its lease ends, it is none, publishes nothing, and joins anew. */
  readonly onMembership?: (isMember: boolean) => void
}

/**
 * Relays its part of a group's instruments: any number of processes on any number of machines share them, by leases in NATS's KV. Each instrument is relayed by one member, with all of its
 * channels. Where a member joins or leaves in order, the next one has a stream live before the old one lets go, and consumers miss nothing; where one dies, others take over within
 * `leaseMs` and a second, and consumers are told of the gap.
 *
 * Rejects with `ERR_INVALID_CONFIG`, also where the group has leases of another length, and with what a connection to NATS fails of, as `relay` does.
 *
 * @example
 * const openFeed = (symbols) => createPublicExchange({ exchange: 'acme_spot', symbols, channels, retry: true })
 * const group = await relayGroup({ servers, group: 'prod', exchange: 'acme_spot', openFeed, symbols: ['BTC/USDT', 'ETH/USDT'], channels })
 */
export async function relayGroup(options: RelayGroupOptions): Promise<RelayGroup> {
  const { group, exchange, member, leaseMs, shares, replicas, ...rest } = options
  const { openFeed, symbols, channels, onError, onMembership, ...relayOptions } = rest
  checkRelayOptions(relayOptions)
  const made = new RelayGroup(options, relayOptions)
  await made.join()
  return made
}

/** One process as a member of a group that relays an exchange. */
export class RelayGroup {
  readonly #options: RelayGroupOptions
  readonly #relayOptions: RelayOptions
  readonly #shareCount: number
  readonly #symbols = new Map<string, string[]>()
  readonly #owned = new Map<string, Owned>()
  #opened: { readonly feed: ExchangeFeed; readonly relay: Relay } | null = null
  #group: Group | null = null
  #subscribing: Promise<void> = Promise.resolve()

  constructor(options: RelayGroupOptions, relayOptions: RelayOptions) {
    const { shares = defaultShareCount, symbols } = options
    this.#options = options
    this.#relayOptions = relayOptions
    this.#shareCount = shares
    for (const symbol of symbols) {
      const share = shareOfSymbol(symbol, shares)
      this.#symbols.set(share, [...(this.#symbols.get(share) ?? []), symbol])
    }
  }

  /** Connects, and takes part from then on. */
  async join(): Promise<void> {
    const { servers, credentials, tls, name, connectTimeoutMs, group, exchange } = this.#options
    const { member, leaseMs, shares, replicas } = this.#options
    const given = { credentials, tls, name, connectTimeoutMs, member, leaseMs, shares, replicas }
    const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    this.#group = await joinGroup(
      { servers, group, exchange, ...set },
      {
        prepare: (share, signal) => this.#prepare(share, signal),
        own: (share, ownership) => this.#own(share, ownership),
        letGo: (share) => this.#letGo(share),
        onMembership: (isMember) => this.#options.onMembership?.(isMember),
        onError: (error) => this.#report(error),
      },
    )
  }

  /** As `Relay.metrics`; null before this member had its first instrument. */
  metrics(): RelayMetrics | null {
    return this.#opened?.relay.metrics() ?? null
  }

  /** The names of the members, as far as this one knows. */
  members(): readonly string[] {
    return this.#group?.members() ?? []
  }

  /** The instruments that this member relays now. */
  symbols(): readonly string[] {
    return [...this.#owned.keys()].flatMap((share) => this.#symbols.get(share) ?? []).sort()
  }

  /** Hands everything over, each instrument once it is live elsewhere, and ends. What nobody takes within `timeoutMs`, default 30,000, is let go of. */
  async close(timeoutMs?: number): Promise<void> {
    await this.#group?.leave(timeoutMs)
    await this.#subscribing
    await this.#opened?.relay.close()
    await this.#opened?.feed.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #shareOf({ symbol }: RelayedStream): string {
    return shareOfSymbol(symbol, this.#shareCount)
  }

  async #prepare(share: string, signal: AbortSignal): Promise<void> {
    await this.#subscribe(share)
    await this.#untilLive(share, signal)
  }

  #own(share: string, { epoch, isWarm, after }: ShareOwnership): void {
    this.#owned.set(share, { epoch, continues: isWarm && after === 'hand-over' })
    if (!isWarm) void this.#insist(share, epoch)
    void this.#opened?.relay.ownershipChanged()
  }

  /** Until it is subscribed, or is not this member's any more. */
  async #insist(share: string, epoch: number): Promise<void> {
    while (this.#owned.get(share)?.epoch === epoch) {
      try {
        await this.#subscribe(share)
        return
      } catch (thrown) {
        this.#report(thrown)
        await new Promise<void>((resolve) => systemClock.setTimer(insistMs, resolve))
      }
    }
  }

  async #letGo(share: string): Promise<void> {
    this.#owned.delete(share)
    const published = this.#opened?.relay.ownershipChanged()
    const symbols = this.#symbols.get(share) ?? []
    if (symbols.length > 0) void this.#inTurn(() => this.#unsubscribe(share, symbols))
    await published
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
    const feed = await this.#options.openFeed(symbols, this.#options.channels)
    const relay = new Relay(feed, this.#relayOptions, {
      of: (stream) => this.#owned.get(this.#shareOf(stream)) ?? null,
      mayPublish: (stream) => this.#group?.mayPublish(this.#shareOf(stream)) === true,
    })
    try {
      await relay.open()
      this.#opened = { feed, relay }
    } catch (thrown) {
      await feed.close()
      throw thrown
    }
  }

  async #unsubscribe(share: string, symbols: readonly string[]): Promise<void> {
    // Taken again meanwhile.
    if (this.#owned.has(share)) return
    try {
      await this.#opened?.feed.unsubscribe(symbols, this.#options.channels)
    } catch (thrown) {
      this.#report(thrown)
    }
  }

  /** One after the other: what is let go of and taken again at once must end subscribed. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#subscribing.then(work)
    this.#subscribing = done.catch(() => {})
    return done
  }

  #untilLive(share: string, signal: AbortSignal): Promise<void> {
    const names = new Set(this.#symbols.get(share) ?? [])
    const isWaiting = ({ stream, status }: StreamState): boolean =>
      names.has(stream.instrument?.name ?? '') && status !== 'live'
    const feed = this.#opened?.feed
    // Nothing is relayed of the share.
    if (feed === undefined || names.size === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!signal.aborted && feed.streamStates().some(isWaiting)) return
        stop()
        if (signal.aborted) reject(new StreamError('ERR_ABORTED', 'The share is not needed any more.'))
        else resolve()
      }
      const stopListening = feed.on('stream', look)
      const stop = (): void => {
        stopListening()
        signal.removeEventListener('abort', look)
      }
      signal.addEventListener('abort', look)
      look()
    })
  }

  #report(thrown: unknown): void {
    const { onError } = this.#options
    onError?.(toStreamError(thrown, 'ERR_HANDLER_FAILED', 'A share of the group could not be looked after.'))
  }
}
