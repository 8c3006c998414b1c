import { toStreamError } from '@tapewire/core/adapter'
import { NatsLimits } from '../limits/nats-limits.js'
import type { SharedLimitMetrics } from '../limits/shared-limiter.js'
import type { RelayMetrics } from '../relay/relay-metrics.js'
import { GroupAccount } from './group-account.js'
import type { GroupFeedParts } from './group-feed.js'
import { GroupMarket } from './group-market.js'
import { defaultLeaseMs, type Group, joinGroup } from './join-group.js'
import { type RelayGroupOptions, type SortedGroupOptions, sortRelayGroupOptions } from './relay-group-options.js'
import { shareOfAccount } from './share.js'

/** What the relays of a member have done. */
export interface RelayGroupMetrics {
  /** Of the instruments; null before this member had its first. */
  readonly market: RelayMetrics | null
  /** Of each account that it is logged in to, published here or kept warm, by name. */
  readonly accounts: Readonly<Record<string, RelayMetrics>>
  /** Of the limits that its feeds keep together with other members; zeros where they were not given the `limiter`. */
  readonly limits: SharedLimitMetrics
}

/**
 * Relays its part of a group's instruments and accounts: any number of processes on any number of machines share them, by leases in NATS's KV. Each instrument is relayed by one member,
 * with all of its channels, and so is each account. Where a member joins or leaves in order, the next one has a stream live before the old one lets go, and consumers miss nothing; where one
 * dies, others take over within `leaseMs` and a second, and consumers are told of the gap. An account stays where it is while that member does. With `standby`, a member is logged in to
 * accounts that others publish, one second for each, so that nothing of them is missing when an owner dies.
 *
 * Rejects with `ERR_GROUP_MISMATCH` where members are there and have other `symbols`, `channels`, `candleIntervals`, `prefix`, `accounts`, `shares`, `leaseMs` or `replicas`, with `ERR_INVALID_CONFIG`, and with what
 * a connection to NATS fails of, as `relay` does.
 *
 * @example
 * const openFeed = (symbols, channels, limiter) => createPublicExchange({ exchange: 'acme_spot', symbols, channels, limiter, retry: true })
 * const group = await relayGroup({ servers, group: 'prod', exchange: 'acme_spot', openFeed, symbols: ['BTC/USDT', 'ETH/USDT'], channels })
 *
 * @example
 * const openAccount = (account, signal) => createPrivateExchange({ exchange: 'acme_spot', credentials: keys[account], retry: true, signal })
 * const group = await relayGroup({ servers, group: 'prod', exchange: 'acme_spot', accounts: ['main'], openAccount, standby: true })
 */
export async function relayGroup(options: RelayGroupOptions): Promise<RelayGroup> {
  const made = new RelayGroup(options, sortRelayGroupOptions(options))
  await made.join()
  return made
}

/** One process as a member of a group that relays an exchange. */
export class RelayGroup {
  readonly #options: RelayGroupOptions
  readonly #sorted: SortedGroupOptions
  readonly #limits: NatsLimits
  readonly #market: GroupMarket
  /** By their shares. */
  readonly #accounts: ReadonlyMap<string, GroupAccount>
  readonly #names: ReadonlyMap<string, string>
  #group: Group | null = null
  /** What `onOwned` was told last. */
  #told = JSON.stringify({ symbols: [], accounts: [] })

  constructor(options: RelayGroupOptions, sorted: SortedGroupOptions) {
    const { openAccount, accounts = [], ownAccounts = accounts, leaseMs = defaultLeaseMs } = options
    const { relaying: relayOptions } = sorted
    this.#limits = new NatsLimits({
      nats: sorted.joining,
      address: options.address,
      leaseMs,
      onError: (error) => this.#report(error),
    })
    const parts: GroupFeedParts = {
      mayPublish: (share) => this.#group?.mayPublish(share) === true,
      isMember: () => this.#group?.isMember === true,
      limiterOf: (account) => this.#limits.limiter.of(account),
      onError: (thrown) => this.#report(thrown),
    }
    this.#options = options
    this.#sorted = sorted
    this.#market = new GroupMarket(options, relayOptions, parts)
    this.#names = new Map(ownAccounts.map((account) => [shareOfAccount(account), account]))
    const made = [...this.#names].map(([share, account]) => {
      const open = openAccount as NonNullable<typeof openAccount>
      return [share, new GroupAccount({ ...parts, account, share, leaseMs, relayOptions, open })] as const
    })
    this.#accounts = new Map(made)
  }

  /** Connects, and takes part from then on. */
  async join(): Promise<void> {
    const [market, accounts] = [this.#market, this.#accounts]
    this.#group = await joinGroup(this.#sorted.joining, {
      prepare: (share, signal) => accounts.get(share)?.prepare(signal) ?? market.prepare(share, signal),
      own: (share, ownership) => {
        const account = accounts.get(share)
        if (account === undefined) market.own(share, ownership)
        else account.own(ownership)
        this.#tellOwned()
      },
      letGo: (share, reason) => {
        const isDone = accounts.get(share)?.letGo(reason) ?? market.letGo(share, reason)
        this.#tellOwned()
        return isDone
      },
      onMembership: (isMember) => this.#options.onMembership?.(isMember),
      onError: (error) => this.#report(error),
    })
  }

  metrics(): RelayGroupMetrics {
    const accounts = [...this.#accounts].flatMap(([share, account]) => {
      const metrics = account.metrics()
      return metrics === null ? [] : [[this.#names.get(share) ?? '', metrics] as const]
    })
    return {
      market: this.#market.metrics(),
      accounts: Object.fromEntries(accounts),
      limits: this.#limits.limiter.metrics(),
    }
  }

  /** The names of the members, as far as this one knows. */
  members(): readonly string[] {
    return this.#group?.members() ?? []
  }

  /** The instruments that this member relays now. */
  symbols(): readonly string[] {
    return this.#market.symbols()
  }

  /** The accounts that this member relays now, by the names that the group has for them. */
  accounts(): readonly string[] {
    return [...this.#accounts].flatMap(([share, { isOwned }]) => (isOwned ? (this.#names.get(share) ?? []) : [])).sort()
  }

  /** Hands everything over, each share once it is live elsewhere, and ends. What nobody takes within `timeoutMs`, default 30,000, is let go of. */
  async close(timeoutMs?: number): Promise<void> {
    await this.#group?.leave(timeoutMs)
    await Promise.all([this.#market.close(), ...[...this.#accounts.values()].map((account) => account.close())])
    await this.#limits.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #tellOwned(): void {
    const { onOwned } = this.#options
    if (onOwned === undefined) return
    const owned = { symbols: this.symbols(), accounts: this.accounts() }
    const text = JSON.stringify(owned)
    // Most shares hold nothing.
    if (text === this.#told) return
    this.#told = text
    try {
      onOwned(owned)
    } catch (thrown) {
      this.#report(thrown)
    }
  }

  #report(thrown: unknown): void {
    const { onError } = this.#options
    onError?.(toStreamError(thrown, 'ERR_HANDLER_FAILED', 'A share of the group could not be looked after.'))
  }
}
