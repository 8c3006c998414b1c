import type { Clock, StreamError, Timer } from '@tapewire/core'
import { toStreamError } from '@tapewire/core/adapter'
import { type GroupPlan, placeGroup } from './group-view.js'
import type { KeyTable } from './key-table.js'
import { Lease } from './lease.js'
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
  readonly accounts: readonly string[]
  readonly standby: boolean
  readonly handler: ShareHandler
  newId(): string
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
  readonly #roster: Roster
  readonly #table: ShareTable
  readonly #keepers: ReadonlyMap<string, ShareKeeper>
  readonly #timers = new Map<'round' | 'renew' | 'lapse' | 'wake', Timer>()
  #stops: readonly (() => void)[] = []
  readonly #loaded = new Set<'members' | 'shares'>()
  #joinedAt = 0
  #isRenewing = false
  #isLooking = false
  #isAway = false
  #isLeaving = false
  #isClosed = false
  #onIdle: (() => void) | null = null

  constructor(parts: GroupMemberParts) {
    const { members, shares, clock, leaseMs, plan, handler, newId } = parts
    this.#parts = parts
    this.#lease = new Lease({ table: members, clock, leaseMs, newId, record: () => JSON.stringify(this.#record) })
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

  /** Takes part from now on. */
  start(): void {
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
      if (this.#table.tell(share, entry)) this.#wake()
    }
    this.#stops = [
      members.follow({ onEntry: onMember, onLoaded: onLoaded('members') }),
      shares.follow({ onEntry: onShare, onLoaded: onLoaded('shares') }),
    ]
    this.#beginRounds()
    this.#renew()
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
      this.#renew()
      await this.#untilIdle(timeoutMs)
    }
    this.#isClosed = true
    for (const timer of this.#timers.values()) timer.cancel()
    for (const stop of this.#stops) stop()
    const { id } = this.#lease
    this.#lapse()
    // Others need not wait for the end of a lease that nobody uses; where this fails, they do.
    if (id !== null) await this.#parts.members.remove(id).catch(() => {})
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

  #renew(): void {
    if (this.#isClosed) return
    this.#set('renew', this.#parts.leaseMs / renewalsPerLease, () => this.#renew())
    if (this.#isRenewing) return
    this.#isRenewing = true
    const before = this.#lease.id
    const work = before === null ? this.#join() : this.#lease.renew()
    const done = (): void => {
      this.#isRenewing = false
      if (this.#isClosed) return
      if (this.#lease.isValid) {
        this.#isAway = false
        this.#set('lapse', this.#lease.leftMs, () => this.#lapseIfOver())
        this.#wake()
      } else if (before !== null) this.#lapse()
    }
    work.then(done, (thrown: unknown) => {
      this.#isRenewing = false
      this.#away(thrown)
    })
  }

  async #join(): Promise<void> {
    if (this.#isLeaving) return
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
    if (this.#isAway || this.#isClosed) return
    this.#isAway = true
    const error = toStreamError(thrown, 'ERR_OUTCOME_UNKNOWN', 'NATS did not say whether it did what a group needs.')
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
