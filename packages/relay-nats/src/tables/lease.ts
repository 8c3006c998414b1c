import type { Clock } from '@tapewire/core'
import type { KeyTable } from './key-table.js'

/** What a lease stands on. */
export interface LeaseParts {
  /** Forgets an entry `leaseMs` after it was written. */
  readonly table: KeyTable
  readonly clock: Clock
  readonly leaseMs: number
  /** An id that no member ever had. */
  newId(): string
  /** What the member says of itself now. */
  record(): string
  /** Asked once others see the member, before it has a lease: where it rejects, the member has not joined. Default: everybody is admitted. */
  admit?(): Promise<void>
}

/** How much sooner than everybody else the member itself takes its lease for over, as a part of it: clocks do not run alike, and what is sent last takes its time. */
const margin = 0.1

/**
 * That a member lives: an entry in a table that forgets it, written anew in time. The member counts its end from before the write, so it ends here before it ends for others. Both
 * clocks of the machine are asked: the one does not count the time that the machine slept, the other can be set.
 */
export class Lease {
  readonly #parts: LeaseParts
  #id: string | null = null
  #revision = 0
  #until = 0
  #wallUntil = 0

  constructor(parts: LeaseParts) {
    this.#parts = parts
  }

  /** What others know the member by, one for each time it joins; null where it has not joined. */
  get id(): string | null {
    return this.#id
  }

  /** Whether what the member has is still its own. */
  get isValid(): boolean {
    const { clock } = this.#parts
    return this.#id !== null && clock.now() < this.#until && clock.wallTime() < this.#wallUntil
  }

  /** How long it is valid if nothing is done, ms. */
  get leftMs(): number {
    return Math.max(0, this.#until - this.#parts.clock.now())
  }

  /** Joins, as somebody new. Rejects where the table does not say that it did, or it is not admitted: then it did not. */
  async join(): Promise<void> {
    const { table, newId, record, admit } = this.#parts
    const id = newId()
    const extend = this.#extension()
    const revision = await table.create(id, record())
    if (revision === null) return
    try {
      await admit?.()
    } catch (thrown) {
      // Others need not wait for it to be forgotten; where this fails, they do.
      await table.remove(id).catch(() => {})
      throw thrown
    }
    this.#id = id
    this.#revision = revision
    extend()
  }

  /** Says again that the member lives. Where others have taken it for dead, it has no lease afterwards. Rejects where the table says nothing: then the lease goes on towards its end. */
  async renew(): Promise<void> {
    const { table, record } = this.#parts
    const id = this.#id
    if (id === null) return
    const extend = this.#extension()
    const revision = await table.update(id, record(), this.#revision)
    if (this.#id !== id) return
    if (revision !== null) {
      this.#revision = revision
      extend()
      return
    }
    // An earlier renewal may have been done although its answer was lost: nobody else writes there.
    const entry = await table.get(id)
    if (this.#id !== id) return
    if (entry === null) this.end()
    else this.#revision = Math.max(this.#revision, entry.revision)
  }

  /** The member has no lease from now on. */
  end(): void {
    this.#id = null
    this.#until = 0
    this.#wallUntil = 0
  }

  /** What a write that begins now makes of the lease once it is known to be done. */
  #extension(): () => void {
    const { clock, leaseMs } = this.#parts
    const until = clock.now() + leaseMs * (1 - margin)
    const wallUntil = clock.wallTime() + leaseMs * (1 - margin)
    return () => {
      this.#until = until
      this.#wallUntil = wallUntil
    }
  }
}
