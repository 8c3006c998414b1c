import { type Clock, StreamError, type Timer } from '@tapewire/core'
import type { ConnectionLimiter, ConnectionPermit, WantedConnection } from '@tapewire/core/adapter'
import type { KeyTable } from '../tables/key-table.js'
import { Lease } from '../tables/lease.js'
import { Pool } from './pool.js'
import { Tally } from './tally.js'

/** One limit that members share, as one of them sees it. */
export interface SharedPlaces {
  readonly of: 'address' | 'account'
  /** What the address or the account is called. */
  readonly name: string
  /** Connections that all members together may have. */
  readonly limit: number
  /** Places that all members had together when that was read last, a fifth of a lease ago at most where NATS is there; null before that. */
  readonly taken: number | null
  /** Those of them that are this member's, used or ahead. */
  readonly held: number
  /** This member's connections that wait for a place. */
  readonly waiting: number
}

/** What a member has of limits that it shares with others. */
export interface SharedLimitMetrics {
  /** Each limit by itself. */
  readonly places: readonly SharedPlaces[]
  /** Places of addresses and accounts that it holds, used or ahead. A connection of an account may hold one of each. */
  readonly held: number
  /** Connections that wait for a place. */
  readonly waiting: number
}

export interface SharedLimiterParts {
  /** Who lives: forgets an entry `leaseMs` after it was written. */
  readonly members: KeyTable
  /** Who has how many places; forgets nothing. */
  readonly places: KeyTable
  readonly clock: Clock
  readonly leaseMs: number
  /** The same for all members whose connections come from one address. */
  readonly address: string
  newId(): string
  /** Makes the tables ready; called until it resolves once, and afterwards too. */
  open(): Promise<void>
  /** That the tables do not answer; told once, until they do. */
  onError(error: StreamError): void
}

/** As parts of the lease: how long after a renewal the next one begins, and how often whoever waits asks again. */
const renewalsPerLease = 5
const retriesPerLease = 20

/**
 * The limits that an exchange has per address and per account, kept by all members together. While nobody answers, what is open stays open and may be restored, and nothing else is
 * opened. It begins with the first connection that is asked for.
 */
export class SharedLimiter {
  readonly #parts: SharedLimiterParts
  readonly #lease: Lease
  readonly #pools = new Map<string, { readonly pool: Pool; readonly of: SharedPlaces['of']; readonly name: string }>()
  #timer: Timer | null = null
  #isStarted = false
  #isClosed = false
  #isAway = false

  constructor(parts: SharedLimiterParts) {
    const { members: table, clock, leaseMs, address, newId } = parts
    this.#parts = parts
    this.#lease = new Lease({ table, clock, leaseMs, newId, record: () => JSON.stringify({ address }) })
  }

  /** For connections of an account, by a name that is no key; null for those that have none. */
  of(account: string | null): ConnectionLimiter {
    return { permit: (wanted) => this.#permit(wanted, account) }
  }

  metrics(): SharedLimitMetrics {
    const places = [...this.#pools.values()].map(({ pool, of, name }): SharedPlaces => {
      const { limit, taken, held, waiting } = pool
      return { of, name, limit, taken, held, waiting }
    })
    const sum = (of: (one: SharedPlaces) => number): number => places.reduce((total, one) => total + of(one), 0)
    return { places, held: sum(({ held }) => held), waiting: sum(({ waiting }) => waiting) }
  }

  /** Gives everything back: to be called once nothing is open any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    const { id } = this.#lease
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.close()))
    this.#lease.end()
    if (id !== null) await this.#parts.members.remove(id).catch(() => {})
  }

  #permit({ limits, isTakeOver }: WantedConnection, account: string | null): ConnectionPermit {
    const { connectionsPerAddress, connectionsPerKey } = limits
    const pools: Pool[] = []
    if (connectionsPerAddress !== undefined)
      pools.push(this.#pool('address', this.#parts.address, connectionsPerAddress))
    if (connectionsPerKey !== undefined && account !== null)
      pools.push(this.#pool('account', account, connectionsPerKey))
    if (pools.length > 0) this.#start()
    return new Permit(pools, isTakeOver)
  }

  #pool(of: SharedPlaces['of'], name: string, limit: number): Pool {
    const key = `${of}-${Buffer.from(name).toString('base64url')}`
    const known = this.#pools.get(key)
    if (known !== undefined) return known.pool
    const { members, places: table, clock, leaseMs } = this.#parts
    const isDead = async (holder: string): Promise<boolean> => (await members.get(holder)) === null
    const pool = new Pool({
      tally: new Tally({ table, key, limit, isDead }),
      limit,
      lease: this.#lease,
      clock,
      retryMs: leaseMs / retriesPerLease,
      onAway: (thrown) => this.#away(thrown),
    })
    this.#pools.set(key, { pool, of, name })
    return pool
  }

  #start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    void this.#round()
  }

  /** Says that it lives, again and again. Where its lease is over it joins as somebody new, who asks anew for what is open. */
  async #round(): Promise<void> {
    const { open, clock, leaseMs } = this.#parts
    try {
      await open()
      if (this.#lease.isValid) await this.#lease.renew()
      else {
        this.#lease.end()
        await this.#lease.join()
      }
      this.#isAway = false
    } catch (thrown) {
      this.#away(thrown)
    }
    if (this.#isClosed) return
    for (const { pool } of this.#pools.values()) {
      pool.look()
      pool.settle()
    }
    this.#timer = clock.setTimer(leaseMs / renewalsPerLease, () => void this.#round())
  }

  #away(cause: unknown): void {
    if (this.#isAway || this.#isClosed) return
    this.#isAway = true
    const message = 'Nobody says how many connections others have: what is open stays, and nothing is opened beyond it.'
    this.#parts.onError(
      new StreamError('ERR_NO_PERMIT', message, { cause, hint: 'NATS may be away. It goes on by itself.' }),
    )
  }
}

/** One connection, with a place of each limit that it counts towards. */
class Permit implements ConnectionPermit {
  readonly #pools: readonly Pool[]
  readonly #isTakeOver: boolean
  #has = 0
  #isEnded = false

  constructor(pools: readonly Pool[], isTakeOver: boolean) {
    this.#pools = pools
    this.#isTakeOver = isTakeOver
  }

  async attempt(signal: AbortSignal): Promise<void> {
    for (const pool of this.#pools.slice(this.#has)) {
      await pool.take(this.#isTakeOver, signal)
      // Given up between the grant and here.
      if (this.#isEnded) pool.giveBack()
      else this.#has += 1
    }
  }

  end(): void {
    this.#isEnded = true
    for (const pool of this.#pools.slice(0, this.#has)) pool.giveBack()
    this.#has = 0
  }
}
