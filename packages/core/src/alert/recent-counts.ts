import { RecentCount } from './recent-count.js'

/** How often something happened lately to each of many. */
export class RecentCounts<Key> {
  readonly #seconds: number
  readonly #counts = new Map<Key, RecentCount>()

  /** `seconds`: how long something counts. */
  constructor(seconds: number) {
    this.#seconds = seconds
  }

  add(key: Key, nowMs: number): void {
    const count = this.#counts.get(key) ?? new RecentCount(this.#seconds)
    count.add(nowMs)
    this.#counts.set(key, count)
  }

  /** Those to whom it happened so often, the most often first. Who has had his time is forgotten. */
  reaching(least: number, nowMs: number): readonly { readonly key: Key; readonly total: number }[] {
    const found: { readonly key: Key; readonly total: number }[] = []
    for (const [key, count] of this.#counts) {
      const total = count.total(nowMs)
      if (total === 0) this.#counts.delete(key)
      else if (total >= least) found.push({ key, total })
    }
    return found.sort((one, other) => other.total - one.total)
  }
}
