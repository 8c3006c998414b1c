import type { Clock, Timer } from '@tapewire/core'
import type { Lease } from '../tables/lease.js'
import type { Tally } from './tally.js'

export interface PoolParts {
  readonly tally: Tally
  /** Most connections of all members together, 1 and up. */
  readonly limit: number
  readonly lease: Lease
  readonly clock: Clock
  /** How long after it found no room, or no answer, it asks again, ms. */
  readonly retryMs: number
  /** The table does not say. */
  onAway(thrown: unknown): void
}

interface Waiter {
  readonly isTakeOver: boolean
  grant(): void
}

/** Under smaller limits nobody holds a place that it does not use: it would keep others out. */
const leastLimitToHoldAhead = 20

/** One limit, as one member keeps it: what it holds of the places in the table, what of that is open, and who waits. Nothing opens on a place that is not held under a valid lease. */
export class Pool {
  readonly #parts: PoolParts
  /** Places left to connections that take over. */
  readonly #reserve: number
  readonly #ahead: number
  readonly #waiting: Waiter[] = []
  #open = 0
  #held = 0
  /** How many of those it holds are of the places that are left to take-overs: what ends frees them first. */
  #over = 0
  /** … and how many of them are on their way back, whoever waits: a take-over alone may have them. */
  #returning = 0
  #holder: string | null = null
  /** Whether the table may count more than is held here: an answer was lost. */
  #isUnsure = false
  #isBusy = false
  #working: Promise<void> = Promise.resolve()
  #isAsked = false
  #isClosed = false
  #retry: Timer | null = null

  constructor(parts: PoolParts) {
    this.#parts = parts
    this.#reserve = Math.min(1, parts.limit - 1)
    this.#ahead = parts.limit >= leastLimitToHoldAhead ? 1 : 0
  }

  get held(): number {
    return this.#held
  }

  get limit(): number {
    return this.#parts.limit
  }

  /** How many all members have together, as it was read last; null before that. */
  get taken(): number | null {
    return this.#parts.tally.taken
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Resolves once one more may be open; waits for as long as `signal` is not aborted, and then rejects with its reason. */
  take(isTakeOver: boolean, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        if (isTakeOver && this.#over > 0 && this.#open < this.#held) this.#freeOver()
        reject(signal.reason)
        this.settle()
      }
      const waiter: Waiter = {
        isTakeOver,
        grant: () => {
          signal.removeEventListener('abort', stop)
          resolve()
        },
      }
      signal.addEventListener('abort', stop, { once: true })
      // What takes over ends another, so it is first.
      this.#waiting.splice(isTakeOver ? this.#takeOvers : this.#waiting.length, 0, waiter)
      this.#grant()
      this.settle()
    })
  }

  /** One that was open is not any more. */
  giveBack(): void {
    this.#open -= 1
    if (this.#over > 0) this.#freeOver()
    this.#grant()
    this.settle()
  }

  /** Sees that it holds what it needs, and no more. */
  settle(): void {
    this.#isAsked = true
    if (this.#isBusy || this.#isClosed) return
    this.#isBusy = true
    this.#retry?.cancel()
    this.#retry = null
    this.#working = this.#work()
  }

  /** Reads how many others have, for people. */
  look(): void {
    if (this.#isClosed || this.#isBusy) return
    this.#parts.tally.look().catch((thrown: unknown) => this.#parts.onAway(thrown))
  }

  /** Gives back everything, as far as the table answers. Nothing may be open any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#retry?.cancel()
    // What it asked for a moment ago may be given to it yet.
    await this.#working
    const { id } = this.#parts.lease
    if (id !== null && id === this.#holder) await this.#parts.tally.set(id, 0).catch(() => {})
  }

  #freeOver(): void {
    this.#over -= 1
    this.#returning += 1
  }

  get #takeOvers(): number {
    return this.#waiting.filter(({ isTakeOver }) => isTakeOver).length
  }

  async #work(): Promise<void> {
    let isMissing = false
    while (this.#isAsked && !this.#isClosed) {
      this.#isAsked = false
      try {
        await this.#step()
        isMissing = this.#waiting.length > 0 || this.#open > this.#held
      } catch (thrown) {
        isMissing = true
        this.#parts.onAway(thrown)
        break
      }
    }
    this.#isBusy = false
    if (isMissing && !this.#isClosed) this.#retry = this.#parts.clock.setTimer(this.#parts.retryMs, () => this.settle())
  }

  async #step(): Promise<void> {
    const { lease } = this.#parts
    const holder = lease.id
    if (holder === null || !lease.isValid) return
    if (holder !== this.#holder) {
      this.#holder = holder
      this.#held = 0
      this.#over = 0
      this.#returning = 0
      this.#isUnsure = false
    }
    this.#grant()
    await this.#trim(holder)
    await this.#add(holder, this.#wanted - this.#held, this.#reserve)
    this.#grant()
    this.#over += await this.#add(holder, this.#open + this.#takeOvers - this.#held, 0)
    this.#grant()
  }

  get #wanted(): number {
    const used = this.#open + this.#waiting.length
    return used === 0 ? 0 : used + this.#ahead
  }

  async #trim(holder: string): Promise<void> {
    const left = Math.min(this.#held - this.#returning, this.#wanted)
    if (!this.#isUnsure && left === this.#held) return
    // At once: nothing opens on a place that is on its way back.
    this.#held = left
    this.#returning = 0
    this.#isUnsure = true
    await this.#parts.tally.set(holder, left)
    this.#isUnsure = false
  }

  /** Resolves to how many it got. */
  async #add(holder: string, places: number, reserve: number): Promise<number> {
    if (places <= 0) return 0
    this.#isUnsure = true
    const taken = await this.#parts.tally.take(holder, places, reserve)
    this.#isUnsure = false
    // Of a lease that is over they come free by themselves.
    if (this.#parts.lease.id !== holder) return 0
    this.#held += taken
    return taken
  }

  #grant(): void {
    const { lease } = this.#parts
    while (lease.isValid && lease.id === this.#holder) {
      const waiter = this.#waiting[0]
      if (waiter === undefined || this.#open >= this.#held) return
      if (this.#open >= this.#held - this.#returning) {
        if (!waiter.isTakeOver) return
        this.#returning -= 1
        this.#over += 1
      }
      this.#waiting.shift()
      this.#open += 1
      waiter.grant()
    }
  }
}
