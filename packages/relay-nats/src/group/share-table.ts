import type { KeyEntry, KeyTable } from '../tables/key-table.js'
import { freeShare, readShare, type ShareRecord } from './records.js'

interface Known {
  readonly record: ShareRecord
  /** 0 where the table has no entry. */
  readonly revision: number
}

const nothing: Known = { record: freeShare, revision: 0 }

/** What is known of who has which share, and the one way to change it. */
export class ShareTable {
  readonly #table: KeyTable
  readonly #known = new Map<string, Known>()

  constructor(table: KeyTable) {
    this.#table = table
  }

  /** Takes in what the table told. Whether that was news. */
  tell(share: string, entry: KeyEntry | null): boolean {
    if (entry === null || entry.revision <= this.#of(share).revision) return false
    // What none of ours wrote is as good as nothing: whoever the share belongs to writes over it.
    this.#known.set(share, { record: readShare(entry.value) ?? freeShare, revision: entry.revision })
    return true
  }

  record(share: string): ShareRecord {
    return this.#of(share).record
  }

  /** By which revision its owner took it. */
  epoch(share: string): number {
    const { record, revision } = this.#of(share)
    return record.epoch ?? revision
  }

  /** Writes over what is known, if that is what the table still holds; whether it did. Rejects where the table does not say. */
  async write(share: string, record: ShareRecord): Promise<boolean> {
    const { revision: before } = this.#of(share)
    const value = JSON.stringify(record)
    const revision =
      before === 0 ? await this.#table.create(share, value) : await this.#table.update(share, value, before)
    if (revision !== null) this.tell(share, { value, revision })
    else this.tell(share, await this.#table.get(share))
    return revision !== null
  }

  #of(share: string): Known {
    return this.#known.get(share) ?? nothing
  }
}
