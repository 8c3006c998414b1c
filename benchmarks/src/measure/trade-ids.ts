import type { ExchangeFeed } from '@tapewire/core'

/** The ids of trades that a feed tells, by instrument. */
export class TradeIds {
  readonly #ids = new Map<string, number[]>()

  constructor(feed: ExchangeFeed) {
    feed.on('trades', ({ symbol, data }) => {
      const ids = this.#ids.get(symbol?.name ?? '') ?? []
      this.#ids.set(symbol?.name ?? '', ids)
      for (const { id } of data) ids.push(Number(id))
    })
  }

  get count(): number {
    return [...this.#ids.values()].reduce((sum, ids) => sum + ids.length, 0)
  }

  /** What is not there of the trades of the other, and what is there more than once, between the first and the last that both have. */
  against(other: TradeIds): { readonly lost: number; readonly doubled: number } {
    let [lost, doubled] = [0, 0]
    for (const [symbol, theirs] of other.#ids) {
      const ours = this.#ids.get(symbol) ?? []
      const known = new Set(ours)
      doubled += ours.length - known.size
      const first = Math.max(Math.min(...ours), Math.min(...theirs))
      const last = Math.min(Math.max(...ours), Math.max(...theirs))
      lost += theirs.filter((id) => id >= first && id <= last && !known.has(id)).length
    }
    return { lost, doubled }
  }
}
