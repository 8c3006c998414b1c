import { type Clock, StreamError, type Timer } from '@tapewire/core'
import { toStreamError } from '@tapewire/core/adapter'
import type { KeyTable } from '../tables/key-table.js'
import { Lease } from '../tables/lease.js'
import { Charter, type Terms } from './charter.js'
import { type GroupPlan, placeGroup } from './group-view.js'
import type { MemberRecord } from './records.js'
import { Roster } from './roster.js'
import type { ShareHandler } from './share-handler.js'
import { ShareKeeper } from './share-keeper.js'
import { ShareTable } from './share-table.js'

/** What a member stands on. */
export interface GroupMemberParts {
  /** Forgets an entry `leaseMs` after it was written. */
  readonly members: KeyTable
  /** Forgets nothing. */
  readonly shares: KeyTable
  readonly clock: Clock
  readonly leaseMs: number
  readonly name: string
  readonly plan: GroupPlan
  /** What is the same for every member. */
  readonly terms: Terms
  readonly accounts: readonly string[]
  readonly standby: boolean
  readonly handler: ShareHandler
  newId(): string
  /** Sees to it that the tables are kept as the terms say. The member is in the group, and has no lease yet. */
  fit(): Promise<void>
  /** It is in the group, or is not any more. */
  onMembership(isMember: boolean): void
  /** What went wrong; that the tables do not answer is told once, until they do. */
  onError(error: StreamError): void
}

/** As parts of the lease: how often it is renewed, and how often the member looks whether anybody is missing. */
const renewalsPerLease = 4
const looksPerLease = 20
/** How long a new member gets to know the group before it takes what nobody ever had. */
const settlePerLease = 0.2

/** One member of a group: holds its lease, looks after its shares, and takes over from members that are gone. */
export class GroupMember {
  readonly #parts: GroupMemberParts
  readonly #lease: Lease
  readonly #charter: Charter
  readonly #roster: Roster
  readonly #table: ShareTable
  readonly #keepers: ReadonlyMap<string, ShareKeeper>
  readonly #timers = new Map<'round' | 'renew' | 'lapse' | 'wake', Timer>()
  #stops: readonly (() => void)[] = []
  readonly #loaded = new Set<'members' | 'shares'>()
  #joinedAt = 0
  #isRenewing = false
  #isLooking = false
  /** Why it is not in the group, as it was told last; null while it is. */
  #told: StreamError | null = null
  #isLeaving = false
  #isClosed = false
  #onIdle: (() => void) | null = null

  constructor(parts: GroupMemberParts) {
    const { members, shares, clock, leaseMs, plan, terms, handler, newId } = parts
    this.#parts = parts
    this.#charter = new Charter(members, shares, terms)
    this.#lease = new Lease({
      table: members,
      clock,
      leaseMs,
      newId,
      record: () => JSON.stringify(this.#record),
      admit: async () => {
        await this.#charter.seal()
        await parts.fit()
      },
    })
    this.#roster = new Roster(members, clock, leaseMs)
    this.#table = new ShareTable(shares)
    const keeperOf = (share: string): ShareKeeper =>
      new ShareKeeper({
        share,
        table: this.#table,
        handler,
        clock,
        letGoTimeoutMs: leaseMs / 2,
        retryMs: leaseMs,
        isValid: () => this.#lease.isValid,
        onChange: () => this.#wake(),
        onAway: (thrown) => this.#away(thrown),
        onError: (error) => parts.onError(error),
      })
    this.#keepers = new Map([...plan.streams, ...plan.accounts.values()].map((share) => [share, keeperOf(share)]))
  }

  /**
   * Takes part from now on. Resolves after the first attempt to join, of which others follow where it failed; rejects with `ERR_GROUP_MISMATCH` where it differs from the group, and
   * does not take part then.
   */
  async start(): Promise<void> {
    const { members, shares } = this.#parts
    const onLoaded = (table: 'members' | 'shares') => (): void => {
      if (this.#loaded.has(table)) return
      this.#loaded.add(table)
      this.#wake()
    }
    const onMember = (id: string, entry: Parameters<Roster['tell']>[1]): void => {
      if (this.#roster.tell(id, entry)) this.#wake()
    }
    const onShare = (share: string, entry: Parameters<Roster['tell']>[1]): void => {
      if (this.#keepers.has(share) && this.#table.tell(share, entry)) this.#wake()
    }
    this.#stops = [
      members.follow({ onEntry: onMember, onLoaded: onLoaded('members') }),
      shares.follow({ onEntry: onShare, onLoaded: onLoaded('shares') }),
    ]
    this.#beginRounds()
    const refusal = await this.#renew(true)
    if (refusal === null) return
    this.#end()
    throw refusal
  }

  /** Whether its lease is valid. */
  get isMember(): boolean {
    return this.#lease.isValid
  }

  /** Who is in the group, by id, as far as this member knows. */
  members(): ReadonlyMap<string, MemberRecord> {
    return this.#roster.alive()
  }

  isDead(id: string): boolean {
    return this.#roster.isDead(id)
  }

  /** The shares that are its own now. */
  owned(): readonly string[] {
    return [...this.#keepers].filter(([, keeper]) => keeper.isOwned).map(([share]) => share)
  }

  /**
   * Whether it may publish what is of a share, at this very moment: to be asked before anything goes out. Where the lease turns out to be over, everything is let go of before this
   * returns: a process that was stopped may look here before any of its timers.
   */
  mayPublish(share: string): boolean {
    if (this.#keepers.get(share)?.isOwned !== true) return false
    if (this.#lease.isValid) return true
    this.#lapse()
    return false
  }

  /** Gives everything to others, each in order, and leaves; what nobody takes within `timeoutMs` is let go of. */
  async leave(timeoutMs: number): Promise<void> {
    if (this.#isClosed) return
    this.#isLeaving = true
    if (this.#lease.isValid) {
      void this.#renew()
      await this.#untilIdle(timeoutMs)
    }
    this.#end()
    const { id } = this.#lease
    this.#lapse()
    // Others need not wait for the end of a lease that nobody uses; where this fails, they do.
    if (id !== null) await this.#parts.members.remove(id).catch(() => {})
  }

  #end(): void {
    this.#isClosed = true
    for (const timer of this.#timers.values()) timer.cancel()
    for (const stop of this.#stops) stop()
  }

  get #record(): MemberRecord {
    const { name, accounts, standby } = this.#parts
    return { name, accounts, standby, isLeaving: this.#isLeaving }
  }

  #beginRounds(): void {
    const { leaseMs } = this.#parts
    this.#set('round', leaseMs / looksPerLease, () => {
      this.#beginRounds()
      this.#round()
    })
  }

  /** Resolves with why the group does not want it, or with null. */
  async #renew(isFirst = false): Promise<StreamError | null> {
    if (this.#isClosed) return null
    this.#set('renew', this.#parts.leaseMs / renewalsPerLease, () => void this.#renew())
    if (this.#isRenewing) return null
    this.#isRenewing = true
    const before = this.#lease.id
    try {
      await (before === null ? this.#join() : this.#lease.renew())
    } catch (thrown) {
      this.#isRenewing = false
      if (isFirst && isMismatch(thrown)) return thrown
      this.#away(thrown)
      return null
    }
    this.#isRenewing = false
    if (this.#isClosed) return null
    if (this.#lease.isValid) {
      this.#told = null
      this.#set('lapse', this.#lease.leftMs, () => this.#lapseIfOver())
      this.#wake()
    } else if (before !== null) this.#lapse()
    return null
  }

  async #join(): Promise<void> {
    if (this.#isLeaving) return
    await this.#charter.agree()
    await this.#lease.join()
    if (!this.#lease.isValid) return
    this.#joinedAt = this.#parts.clock.now()
    this.#parts.onMembership(true)
  }

  #lapseIfOver(): void {
    if (!this.#lease.isValid) this.#lapse()
    else this.#set('lapse', this.#lease.leftMs, () => this.#lapseIfOver())
  }

  /** Everything is let go of, at once. */
  #lapse(): void {
    const wasMember = this.#lease.id !== null
    this.#lease.end()
    for (const keeper of this.#keepers.values()) keeper.lapse()
    this.#tellIdle()
    if (wasMember) this.#parts.onMembership(false)
  }

  /** Soon, once for however much has changed. */
  #wake(): void {
    if (this.#timers.has('wake') || this.#isClosed) return
    this.#set('wake', 0, () => {
      this.#timers.delete('wake')
      this.#round()
    })
  }

  #round(): void {
    if (this.#isClosed || this.#loaded.size < 2) return
    const { id, isValid } = this.#lease
    if (id === null) return
    if (!isValid) {
      this.#lapse()
      return
    }
    this.#tendAll(id)
    this.#look()
  }

  /** Whether members of whom nothing is heard are gone. */
  #look(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    const owners = [...this.#keepers.keys()].flatMap((share) => this.#table.record(share).owner ?? [])
    const before = new Set(owners.filter((id) => this.#roster.isDead(id)))
    const done = (): void => {
      this.#isLooking = false
      if (owners.some((id) => this.#roster.isDead(id) && !before.has(id))) this.#wake()
    }
    this.#roster.look(owners).then(done, (thrown: unknown) => {
      this.#isLooking = false
      this.#away(thrown)
    })
  }

  #tendAll(self: string): void {
    const { plan, clock, leaseMs } = this.#parts
    // Of itself a member knows better than from hearsay.
    const members = new Map(this.#roster.alive()).set(self, this.#record)
    const { targets, seconds } = placeGroup(plan, members, (share) => this.#table.record(share))
    const isSettled = clock.now() - this.#joinedAt >= leaseMs * settlePerLease
    for (const [share, keeper] of this.#keepers) {
      keeper.tend({
        self,
        target: targets.get(share) ?? null,
        second: seconds.get(share) ?? null,
        isSettled,
        isAlive: (id) => members.has(id),
        isDead: (id) => this.#roster.isDead(id),
      })
    }
    this.#tellIdle()
  }

  #away(thrown: unknown): void {
    if (this.#isClosed) return
    const error = toStreamError(thrown, 'ERR_OUTCOME_UNKNOWN', 'NATS did not say whether it did what a group needs.')
    // That the group does not want it is news also where NATS was away before.
    if (this.#told !== null && (!isMismatch(error) || isMismatch(this.#told))) return
    this.#told = error
    this.#parts.onError(error)
  }

  async #untilIdle(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#parts.clock.setTimer(timeoutMs, resolve)
      this.#onIdle = () => {
        timer.cancel()
        resolve()
      }
      this.#wake()
    })
    this.#onIdle = null
  }

  #tellIdle(): void {
    if (this.#onIdle !== null && [...this.#keepers.values()].every((keeper) => keeper.isIdle)) this.#onIdle()
  }

  #set(name: 'round' | 'renew' | 'lapse' | 'wake', delayMs: number, callback: () => void): void {
    this.#timers.get(name)?.cancel()
    this.#timers.set(name, this.#parts.clock.setTimer(delayMs, callback))
  }
}

function isMismatch(thrown: unknown): thrown is StreamError {
  return thrown instanceof StreamError && thrown.code === 'ERR_GROUP_MISMATCH'
}
