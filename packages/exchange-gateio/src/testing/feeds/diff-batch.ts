import type { Instrument } from '@tapewire/core'
import type { BookChange, MarketSimulator, TextLevel } from '@tapewire/testkit'

/** What changed in the best `depth` levels of a book since the last batch. */
export interface BookDiff {
  readonly firstId: number
  readonly lastId: number
  readonly bids: readonly TextLevel[]
  readonly asks: readonly TextLevel[]
  /** When the last of the changes happened, epoch ms. */
  readonly time: number
}

/** One side while a batch gathers. */
interface Side {
  /** In the order of first touch: not that of the prices. */
  readonly touched: Set<string>
  /** Every price that was covered at any time since the batch began: somebody's image may have it. */
  readonly seen: Set<string>
  /** The worst covered price, when that was tightest since the batch began: what lies beyond was not covered all the time. */
  edge: number
  readonly isBeyond: (price: number, edge: number) => boolean
  /** The edge of a side that has fewer levels than are covered. */
  readonly open: number
}

/**
 * Gathers the changes of one book as the server's diff streams do: a client holds the best `depth` levels and no others, without cutting anything off. A level
 * that comes into that range is sent though nobody touched it, and one that is pushed out of it is taken back (so in all recorded books).
 */
export class DiffBatch {
  readonly #market: MarketSimulator
  readonly #pair: Instrument
  readonly #depth: number
  readonly #bids: Side = newSide((price, edge) => price < edge, 0)
  readonly #asks: Side = newSide((price, edge) => price > edge, Number.POSITIVE_INFINITY)
  #firstId: number | null = null
  #lastId = 0
  #time = 0

  constructor(market: MarketSimulator, pair: Instrument, depth: number) {
    this.#market = market
    this.#pair = pair
    this.#depth = depth
    this.forget()
  }

  add(change: BookChange): void {
    this.#firstId ??= change.firstId
    this.#lastId = change.lastId
    this.#time = change.time
    const { bids, asks } = this.#covered
    this.#gather(this.#bids, change.bids, bids)
    this.#gather(this.#asks, change.asks, asks)
  }

  /**
   * Everything since the last call that brought something; null where nothing happened. Where only ids went on, that is told with `withEmpty`, and else with the
   * next change.
   */
  take({ withEmpty }: { readonly withEmpty: boolean }): BookDiff | null {
    const firstId = this.#firstId
    if (firstId === null) return null
    const covered = this.#covered
    const bids = this.#takeSide(this.#bids, covered.bids)
    const asks = this.#takeSide(this.#asks, covered.asks)
    if (bids.length + asks.length === 0 && !withEmpty) return null
    this.#firstId = null
    return { firstId, lastId: this.#lastId, bids, asks, time: this.#time }
  }

  /** Begins anew from the book as it is now. */
  forget(): void {
    const { bids, asks } = this.#covered
    this.#firstId = null
    this.#restart(this.#bids, bids)
    this.#restart(this.#asks, asks)
  }

  get #covered(): { readonly bids: readonly TextLevel[]; readonly asks: readonly TextLevel[] } {
    return this.#market.book(this.#pair, this.#depth)
  }

  #gather(side: Side, changed: readonly TextLevel[], covered: readonly TextLevel[]): void {
    if (changed.length === 0) return
    for (const [price] of changed) side.touched.add(price)
    for (const [price] of covered) side.seen.add(price)
    const edge = this.#edgeOf(side, covered)
    if (side.isBeyond(side.edge, edge)) side.edge = edge
  }

  /** What was touched or came into range and is there; then what somebody may hold and is not there any more. */
  #takeSide(side: Side, covered: readonly TextLevel[]): TextLevel[] {
    const sizes = new Map(covered)
    const entered = covered.filter(([price]) => !side.touched.has(price) && side.isBeyond(Number(price), side.edge))
    const diff: TextLevel[] = [...entered]
    for (const price of new Set([...side.touched, ...side.seen])) {
      const size = sizes.get(price)
      if (size === undefined) {
        if (side.seen.has(price)) diff.push([price, '0'])
      } else if (side.touched.has(price)) diff.push([price, size])
    }
    this.#restart(side, covered)
    return diff
  }

  #restart(side: Side, covered: readonly TextLevel[]): void {
    side.touched.clear()
    side.seen.clear()
    for (const [price] of covered) side.seen.add(price)
    side.edge = this.#edgeOf(side, covered)
  }

  #edgeOf(side: Side, covered: readonly TextLevel[]): number {
    const worst = covered.length < this.#depth ? undefined : covered.at(-1)
    return worst === undefined ? side.open : Number(worst[0])
  }
}

function newSide(isBeyond: Side['isBeyond'], open: number): Side {
  return { touched: new Set(), seen: new Set(), edge: open, isBeyond, open }
}
