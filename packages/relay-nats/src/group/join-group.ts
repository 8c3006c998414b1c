import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { systemClock } from '@tapewire/core/adapter'
import { connectNats } from '../connect/connect-nats.js'
import { NatsTables } from '../tables/nats-tables.js'
import { GroupMember } from './group-member.js'
import { checkGroupOptions, type GroupHandler, type GroupOptions } from './group-options.js'
import { defaultShareCount, shareOfAccount, streamShares } from './share.js'

export const defaultLeaseMs = 5_000
const defaultLeaveTimeoutMs = 30_000

/**
 * Takes part in a group whose members share streams and accounts among them by leases in NATS's KV: tells `handler` what is this member's, and what is not any more. Resolves once NATS
 * is there; shares come when the group gives them. For a feed that is relayed there is `relayGroup`, which does all of it.
 *
 * Rejects with `ERR_GROUP_MISMATCH` where members are there and have other `leaseMs`, `shares`, `accounts`, `replicas` or `alike`, with `ERR_INVALID_CONFIG`, and with what a connection to NATS fails of: `ERR_CONNECTION_REFUSED`, `ERR_CONNECTION_TIMEOUT`,
 * `ERR_HOST_NOT_FOUND`, `ERR_AUTHENTICATION_FAILED`, `ERR_INVALID_CREDENTIALS`.
 */
export async function joinGroup(options: GroupOptions, handler: GroupHandler): Promise<Group> {
  checkGroupOptions(options)
  const { leaseMs = defaultLeaseMs, replicas = 1, group, exchange, signal } = options
  const tables = new NatsTables({
    name: `tapewire-${group}-${exchange}`,
    leaseMs,
    replicas,
    clock: systemClock,
    connect: () => connectNats(options),
  })
  if (options.retry === true) await tables.openPatiently(signal, (error) => handler.onError?.(error))
  else await tables.open()
  const made = new Group(options, leaseMs, tables, handler)
  try {
    await made.start()
    return made
  } catch (thrown) {
    await tables.close()
    throw thrown
  }
}

/** One process as a member of a group. */
export class Group {
  readonly #tables: NatsTables
  readonly #member: GroupMember

  constructor(options: GroupOptions, leaseMs: number, tables: NatsTables, handler: GroupHandler) {
    const { shares = defaultShareCount, accounts = [], ownAccounts = accounts, standby = false } = options
    const { replicas = 1, alike = {} } = options
    const { member = `${hostname()}-${process.pid}` } = options
    this.#tables = tables
    this.#member = new GroupMember({
      members: tables.members,
      shares: tables.shares,
      clock: systemClock,
      leaseMs,
      name: member,
      plan: {
        streams: streamShares(shares),
        accounts: new Map(accounts.map((account) => [account, shareOfAccount(account)])),
      },
      terms: { shares, leaseMs, replicas, accounts, ...alike },
      fit: () => tables.fit(),
      accounts: ownAccounts,
      standby,
      handler,
      newId: () => randomUUID(),
      onMembership: (isMember) => handler.onMembership?.(isMember),
      onError: (error) => handler.onError?.(error),
    })
  }

  /** Takes part from then on. Rejects with `ERR_GROUP_MISMATCH`. */
  start(): Promise<void> {
    return this.#member.start()
  }

  /** The names of the members, as far as this one knows. */
  members(): readonly string[] {
    return [...this.#member.members().values()].map(({ name }) => name).sort()
  }

  /** Whether this process is a member at this moment. */
  get isMember(): boolean {
    return this.#member.isMember
  }

  /** The shares that are this member's now. */
  owned(): readonly string[] {
    return this.#member.owned()
  }

  /**
   * Whether it may publish what is of a share at this moment: ask before anything goes out. Where the lease turns out to be over, as after the process was stopped, everything is let go
   * of before this returns.
   */
  mayPublish(share: string): boolean {
    return this.#member.mayPublish(share)
  }

  /** Hands everything over to others, each once it is live there, and leaves. What nobody takes within `timeoutMs`, default 30,000, is let go of. */
  async leave(timeoutMs: number = defaultLeaveTimeoutMs): Promise<void> {
    await this.#member.leave(timeoutMs)
    await this.#tables.close()
  }
}
