import type { Clock } from '@tapewire/core'
import type { KeyEntry, KeyTable, TableListener } from '../../src/tables/key-table.js'

interface Stored extends KeyEntry {
  readonly at: number
}

/** A table in memory that does what NATS's KV does: one number for all writes, compare-and-set, and entries that are forgotten in silence. */
export class MemoryTable {
  readonly #clock: Clock
  readonly #maxAgeMs: number
  readonly #entries = new Map<string, Stored>()
  readonly #followers = new Set<(key: string, entry: KeyEntry | null) => void>()
  #revision = 0
  /** Writes that were done. */
  writes = 0

  constructor(clock: Clock, maxAgeMs: number) {
    this.#clock = clock
    this.#maxAgeMs = maxAgeMs
  }

  get(key: string): KeyEntry | null {
    const stored = this.#entries.get(key)
    if (stored === undefined || this.#clock.now() >= stored.at + this.#maxAgeMs) return null
    return { value: stored.value, revision: stored.revision }
  }

  /** Null where the table holds another revision; 0 stands for none. */
  put(key: string, value: string, revision: number): number | null {
    if ((this.get(key)?.revision ?? 0) !== revision) return null
    this.#revision += 1
    this.writes += 1
    const entry = { value, revision: this.#revision }
    this.#entries.set(key, { ...entry, at: this.#clock.now() })
    for (const tell of [...this.#followers]) tell(key, entry)
    return entry.revision
  }

  remove(key: string): void {
    this.#revision += 1
    this.#entries.delete(key)
    for (const tell of [...this.#followers]) tell(key, null)
  }

  all(): readonly (readonly [string, KeyEntry])[] {
    return [...this.#entries.keys()].flatMap((key) => {
      const entry = this.get(key)
      return entry === null ? [] : [[key, entry] as const]
    })
  }

  follow(tell: (key: string, entry: KeyEntry | null) => void): () => void {
    this.#followers.add(tell)
    return () => this.#followers.delete(tell)
  }
}

/** The way of one member to its tables: how long it takes, whether it is cut, and whether answers get lost. */
export interface Way {
  delayMs: () => number
  isCut: boolean
  /** Whether the next answer is lost. */
  losesAnswer: () => boolean
  readonly timeoutMs: number
}

/** A table as a member reaches it. */
export function reach(table: MemoryTable, clock: Clock, way: Way): KeyTable & { reload(): void } {
  const listeners = new Set<TableListener>()
  const load = (listener: TableListener): void => {
    for (const [key, entry] of table.all()) listener.onEntry(key, entry)
    listener.onLoaded()
  }
  function call<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      clock.setTimer(way.delayMs(), () => {
        const late = (): void => {
          clock.setTimer(way.timeoutMs, () => reject(new Error('No answer.')))
        }
        if (way.isCut) {
          late()
          return
        }
        const result = work()
        if (way.losesAnswer()) late()
        else clock.setTimer(way.delayMs(), () => resolve(result))
      })
    })
  }
  return {
    get: (key) => call(() => table.get(key)),
    keys: () => call(() => table.all().map(([key]) => key)),
    create: (key, value) => call(() => table.put(key, value, 0)),
    update: (key, value, revision) => call(() => table.put(key, value, revision)),
    remove: (key) => call(() => table.remove(key)),
    follow(listener) {
      listeners.add(listener)
      clock.setTimer(way.delayMs(), () => {
        if (!way.isCut) load(listener)
      })
      // In order, as one subscription is.
      const waiting: (readonly [string, KeyEntry | null])[] = []
      const stop = table.follow((key, entry) => {
        if (way.isCut) return
        waiting.push([key, entry])
        clock.setTimer(way.delayMs(), () => {
          const next = waiting.shift()
          if (next !== undefined && listeners.has(listener)) listener.onEntry(...next)
        })
      })
      return () => {
        listeners.delete(listener)
        stop()
      }
    },
    /** As the client does when its connection is back. */
    reload() {
      for (const listener of listeners) load(listener)
    },
  }
}
