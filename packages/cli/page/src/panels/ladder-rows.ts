import type { ShownBook } from '../wire.js'

/** One level as it is shown. */
export interface LadderRow {
  readonly price: number
  readonly size: number
  /** Of this level and all better ones. */
  readonly total: number
  /** Size against the greatest that is shown on either side, 0 to 1. */
  readonly share: number
}

export interface Ladder {
  /** Best first, both. */
  readonly bids: readonly LadderRow[]
  readonly asks: readonly LadderRow[]
  /** Null where a side is empty. */
  readonly spread: number | null
  /** Of the middle, in hundredths of a percent. */
  readonly spreadBasisPoints: number | null
}

/** The levels nearest the touch, `count` of each side. */
export function ladderOf(book: Pick<ShownBook, 'bids' | 'asks'>, count: number): Ladder {
  const [bids, asks] = [book.bids.slice(0, count), book.asks.slice(0, count)]
  const greatest = Math.max(0, ...[...bids, ...asks].map(([, size]) => size))
  const [bid, ask] = [bids[0]?.[0], asks[0]?.[0]]
  const spread = bid === undefined || ask === undefined ? null : ask - bid
  return {
    bids: rows(bids, greatest),
    asks: rows(asks, greatest),
    spread,
    spreadBasisPoints: spread === null || bid === undefined ? null : (spread / (bid + spread / 2)) * 10_000,
  }
}

function rows(levels: ShownBook['bids'], greatest: number): readonly LadderRow[] {
  let total = 0
  return levels.map(([price, size]) => {
    total += size
    return { price, size, total, share: greatest === 0 ? 0 : size / greatest }
  })
}
