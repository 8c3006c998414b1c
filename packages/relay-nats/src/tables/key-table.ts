/** What a table holds under a key. */
export interface KeyEntry {
  readonly value: string
  /** The number of the write that made it: greater for each later write, whichever key it was to. */
  readonly revision: number
}

/** Who follows a table. */
export interface TableListener {
  /** What is under a key now; null where it was removed. An entry that expires is not told. The same entry may be told twice. */
  onEntry(key: string, entry: KeyEntry | null): void
  /** Everything that was there has been told. */
  onLoaded(): void
}

/**
 * Keys and values that every member of a group sees alike, with compare-and-set: NATS's KV, or a table in memory for tests. Each call rejects where its outcome is not known: then it
 * may have been done or not.
 */
export interface KeyTable {
  /** As the table's leader has it now. */
  get(key: string): Promise<KeyEntry | null>
  /** The keys that have an entry, as the table's leader has them now. */
  keys(): Promise<readonly string[]>
  /** The revision of the new entry; null where there is one already. */
  create(key: string, value: string): Promise<number | null>
  /** The revision of the new entry; null where the table holds another revision than that, or none. */
  update(key: string, value: string, revision: number): Promise<number | null>
  remove(key: string): Promise<void>
  /** Follows the table, over losses of the connection too, until the returned function is called. */
  follow(listener: TableListener): () => void
}
