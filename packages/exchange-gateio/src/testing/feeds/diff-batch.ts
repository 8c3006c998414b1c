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
  readonly touched: Set<string>
  /** The worst covered price, when that was tightest since the batch began: what lies beyond was not covered all the time. */
  edge: number
  readonly isBeyond: (price: number, edge: number) => boolean
  /** The edge of a side that has fewer levels than are covered. */
  readonly open: number
}

/**
 * Gathers the changes of one book as the server's diff streams do: only the best `depth` levels are kept up to date. A level that comes into that range
 * is sent though nobody touched it; one that is pushed out of it is not mentioned again (gateio/gatews#52).
 */
export class DiffBatch {
  readonly #market: MarketSimulator
  readonly #pair: Instrument
  readonly #depth: number
  readonly #bids: Side = { touched: new Set(), edge: 0, isBeyond: (price, edge) => price < edge, open: 0 }
  readonly #asks: Side = {
    touched: new Set(),
    edge: 0,
    isBeyond: (price, edge) => price > edge,
    open: Number.POSITIVE_INFINITY,
  }
  #firstId: number | null = null
  #lastId = 0
  #time = 0

  constructor(market: MarketSimulator, pair: Instrument, depth: number) {
    this.#market = market
    this.#pair = pair
    this.#depth = depth
    this.#restart(this.#bids, this.#covered.bids)
    this.#restart(this.#asks, this.#covered.asks)
  }

  add(change: BookChange): void {
    this.#firstId ??= change.firstId
    this.#lastId = change.lastId
    this.#time = change.time
    const { bids, asks } = this.#covered
    this.#gather(this.#bids, change.bids, bids)
    this.#gather(this.#asks, change.asks, asks)
  }

  /** Everything since the last call; null where nothing happened. */
  take(): BookDiff | null {
    const firstId = this.#firstId
    if (firstId === null) return null
    this.#firstId = null
    const { bids, asks } = this.#covered
    return {
      firstId,
      lastId: this.#lastId,
      bids: this.#takeSide(this.#bids, bids),
      asks: this.#takeSide(this.#asks, asks),
      time: this.#time,
    }
  }

  get #covered(): { readonly bids: readonly TextLevel[]; readonly asks: readonly TextLevel[] } {
    return this.#market.book(this.#pair, this.#depth)
  }

  #gather(side: Side, changed: readonly TextLevel[], covered: readonly TextLevel[]): void {
    for (const [price] of changed) side.touched.add(price)
    const edge = this.#edgeOf(side, covered)
    if (side.isBeyond(side.edge, edge)) side.edge = edge
  }

  /** What came into range, and what was touched and is not out of it, in the order it was touched: not that of the prices. */
  #takeSide(side: Side, covered: readonly TextLevel[]): TextLevel[] {
    const sizes = new Map(covered)
    const edge = this.#edgeOf(side, covered)
    const entered = covered.filter(([price]) => !side.touched.has(price) && side.isBeyond(Number(price), side.edge))
    const touched = [...side.touched].filter((price) => !side.isBeyond(Number(price), edge))
    this.#restart(side, covered)
    return [...entered, ...touched.map((price): TextLevel => [price, sizes.get(price) ?? '0'])]
  }

  #restart(side: Side, covered: readonly TextLevel[]): void {
    side.touched.clear()
    side.edge = this.#edgeOf(side, covered)
  }

  #edgeOf(side: Side, covered: readonly TextLevel[]): number {
    const worst = covered.length < this.#depth ? undefined : covered.at(-1)
    return worst === undefined ? side.open : Number(worst[0])
  }
}
