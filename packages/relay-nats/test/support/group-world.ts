import type { Clock, Timer } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import type { Terms } from '../../src/group/charter.js'
import { GroupMember } from '../../src/group/group-member.js'
import type { GroupPlan } from '../../src/group/group-view.js'
import { shareOfAccount, streamShares } from '../../src/group/share.js'
import type { LetGoReason, Ownership } from '../../src/group/share-handler.js'
import { MemoryTable, reach, type Way } from './memory-tables.js'

export const leaseMs = 5_000
const ticksOfPromises = 12

/** What a member of the world was told to do. */
export interface Told {
  readonly at: number
  readonly machine: string
  readonly share: string
  readonly what: 'prepare' | 'own' | LetGoReason
  readonly ownership: Ownership | null
}

export interface MachineOptions {
  readonly accounts?: readonly string[]
  readonly standby?: boolean
  /** What it takes for the same everywhere. */
  readonly terms?: Terms
}

/** A machine with one member: it can be stopped and go on, die, and lose its way to the tables. */
export class Machine {
  readonly name: string
  readonly way: Way
  readonly member: GroupMember
  /** Shares whose streams it has, published or not. */
  readonly live: Set<string> = new Set()
  readonly publishing: Set<string> = new Set()
  readonly errors: unknown[] = []
  /** Why its group does not want it; null where it does. */
  refusal: unknown = null
  isStopped: boolean = false
  isDead: boolean = false
  readonly #late: (() => void)[] = []
  readonly #reloads: (() => void)[]

  constructor(world: GroupWorld, name: string, options: MachineOptions) {
    this.name = name
    this.way = {
      delayMs: () => world.delayMs(),
      isCut: false,
      losesAnswer: () => world.losesAnswer(),
      timeoutMs: 1_000,
    }
    const clock = this.#clock(world.clock)
    const members = reach(world.members, clock, this.way)
    const shares = reach(world.shares, clock, this.way)
    this.#reloads = [() => members.reload(), () => shares.reload()]
    const tell = (share: string, what: Told['what'], ownership: Ownership | null = null): void => {
      world.told.push({ at: world.clock.now(), machine: name, share, what, ownership })
    }
    this.member = new GroupMember({
      members,
      shares,
      clock,
      leaseMs,
      name,
      plan: world.plan,
      terms: options.terms ?? { symbols: ['BTC/USDT'] },
      fit: async () => {},
      accounts: options.accounts ?? [],
      standby: options.standby ?? false,
      newId: () => `${name}-${world.nextId()}`,
      handler: {
        prepare: (share) => {
          tell(share, 'prepare')
          this.live.add(share)
          return new Promise((resolve) => {
            clock.setTimer(world.prepareMs, resolve)
          })
        },
        own: (share, ownership) => {
          tell(share, 'own', ownership)
          this.live.add(share)
          this.publishing.add(share)
        },
        letGo: (share, reason) => {
          tell(share, reason)
          this.live.delete(share)
          this.publishing.delete(share)
        },
      },
      onMembership: () => {},
      onError: (error) => this.errors.push(error),
    })
  }

  get runs(): boolean {
    return !this.isStopped && !this.isDead
  }

  /** As SIGSTOP does. */
  stop(): void {
    this.isStopped = true
  }

  /** As SIGCONT does: what fell due meanwhile happens now. `first` is what came over the network and is seen before any timer. */
  goOn(first: () => void = () => {}): void {
    this.isStopped = false
    first()
    for (const callback of this.#late.splice(0)) callback()
  }

  die(): void {
    this.isDead = true
    this.live.clear()
  }

  cut(): void {
    this.way.isCut = true
  }

  mend(): void {
    if (!this.way.isCut) return
    this.way.isCut = false
    for (const reload of this.#reloads) reload()
  }

  #clock(clock: ManualClock): Clock {
    const run = (callback: () => void): void => {
      if (this.isDead) return
      if (this.isStopped) this.#late.push(callback)
      else callback()
    }
    return {
      now: () => clock.now(),
      wallTime: () => clock.wallTime(),
      setTimer: (delayMs, callback): Timer => {
        let isCancelled = false
        const timer = clock.setTimer(delayMs, () => run(() => (isCancelled ? undefined : callback())))
        return {
          cancel: () => {
            isCancelled = true
            timer.cancel()
          },
        }
      },
    }
  }
}

/** Machines, the tables they share, and time that moves when told to. */
export class GroupWorld {
  readonly clock: ManualClock = new ManualClock()
  readonly members: MemoryTable = new MemoryTable(this.clock, leaseMs)
  readonly shares: MemoryTable = new MemoryTable(this.clock, Number.POSITIVE_INFINITY)
  readonly plan: GroupPlan
  readonly told: Told[] = []
  readonly machines: Machine[] = []
  prepareMs: number = 300
  delayMs: () => number = () => 2
  losesAnswer: () => boolean = () => false
  #ids = 0

  constructor(shares: number, accounts: readonly string[] = []) {
    this.plan = {
      streams: streamShares(shares),
      accounts: new Map(accounts.map((account) => [account, shareOfAccount(account)])),
    }
  }

  get allShares(): readonly string[] {
    return [...this.plan.streams, ...this.plan.accounts.values()]
  }

  nextId(): number {
    this.#ids += 1
    return this.#ids
  }

  add(name: string, options: MachineOptions = {}): Machine {
    const machine = new Machine(this, name, options)
    this.machines.push(machine)
    machine.member.start().catch((thrown: unknown) => {
      machine.refusal = thrown
    })
    return machine
  }

  /** Who publishes a share now, each asked as it would ask itself. */
  publishers(share: string): readonly string[] {
    return this.machines
      .filter((machine) => machine.runs && machine.publishing.has(share) && machine.member.mayPublish(share))
      .map(({ name }) => name)
  }

  /** How many shares of streams each machine publishes. */
  spread(): Readonly<Record<string, number>> {
    const running = this.machines.filter(({ runs }) => runs)
    return Object.fromEntries(
      running.map(({ name }) => [
        name,
        this.plan.streams.filter((share) => this.publishers(share).includes(name)).length,
      ]),
    )
  }

  /** Moves time on, one timer after the other. */
  async pass(durationMs: number, check: () => void = () => {}): Promise<void> {
    const end = this.clock.now() + durationMs
    const settle = async (): Promise<void> => {
      for (let tick = 0; tick < ticksOfPromises; tick += 1) await Promise.resolve()
      check()
    }
    await settle()
    while (this.clock.fireNext(end - this.clock.now())) await settle()
    this.clock.advance(end - this.clock.now())
    await settle()
  }
}
