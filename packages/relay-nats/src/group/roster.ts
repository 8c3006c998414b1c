import type { Clock } from '@tapewire/core'
import type { KeyEntry, KeyTable } from '../tables/key-table.js'
import { type MemberRecord, readMember } from './records.js'

interface Seen {
  readonly record: MemberRecord
  readonly revision: number
  /** When we heard of this revision. */
  readonly at: number
}

/** Who is in the group: who said so within the lease. */
export class Roster {
  readonly #table: KeyTable
  readonly #clock: Clock
  readonly #leaseMs: number
  readonly #seen = new Map<string, Seen>()
  /** Ids that the table has forgotten; nobody gets one of them again. */
  #dead = new Set<string>()

  constructor(table: KeyTable, clock: Clock, leaseMs: number) {
    this.#table = table
    this.#clock = clock
    this.#leaseMs = leaseMs
  }

  /** Takes in what the table told. Whether that changes who is in the group or what they say of themselves. */
  tell(id: string, entry: KeyEntry | null): boolean {
    const known = this.#seen.get(id)
    if (entry === null) {
      this.#dead.add(id)
      return this.#seen.delete(id)
    }
    const record = readMember(entry.value)
    if (record === null || this.#dead.has(id) || (known !== undefined && known.revision >= entry.revision)) return false
    this.#seen.set(id, { record, revision: entry.revision, at: this.#clock.now() })
    return known === undefined || JSON.stringify(known.record) !== JSON.stringify(record)
  }

  /** The members that were heard of within the lease. */
  alive(): ReadonlyMap<string, MemberRecord> {
    const since = this.#clock.now() - this.#leaseMs
    return new Map([...this.#seen].filter(([, { at }]) => at > since).map(([id, { record }]) => [id, record]))
  }

  /** Whether the table itself said that it has forgotten the member. */
  isDead(id: string): boolean {
    return this.#dead.has(id)
  }

  /** Asks the table for those of whom nothing was heard within the lease. Rejects where it does not answer. */
  async look(ids: Iterable<string>): Promise<void> {
    const asked = new Set([...ids, ...this.#seen.keys()])
    const alive = this.alive()
    this.#dead = new Set([...this.#dead].filter((id) => asked.has(id)))
    const silent = [...asked].filter((id) => !alive.has(id) && !this.#dead.has(id))
    const ask = async (id: string): Promise<void> => {
      this.tell(id, await this.#table.get(id))
    }
    await Promise.all(silent.map(ask))
  }
}
