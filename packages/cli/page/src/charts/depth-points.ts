import type { ShownBook } from '../wire.js'

/** The curve of a book: what could be bought or sold up to a price, by ascending price. */
export interface DepthPoints {
  readonly prices: readonly number[]
  /** Null at the prices of the other side. */
  readonly bids: readonly (number | null)[]
  readonly asks: readonly (number | null)[]
  /** Size of everything shown of a side. */
  readonly bidTotal: number
  readonly askTotal: number
}

/**
 * Both sides to the same distance from the middle, so that their areas compare: the shorter side decides. A side that is empty leaves the other one whole.
 */
export function depthPoints({ bids, asks }: Pick<ShownBook, 'bids' | 'asks'>): DepthPoints {
  const [bestBid, bestAsk] = [bids[0]?.[0], asks[0]?.[0]]
  const [lastBid, lastAsk] = [bids.at(-1)?.[0], asks.at(-1)?.[0]]
  let reach = Number.POSITIVE_INFINITY
  let middle = 0
  if (bestBid !== undefined && bestAsk !== undefined && lastBid !== undefined && lastAsk !== undefined) {
    middle = (bestBid + bestAsk) / 2
    reach = Math.min(middle - lastBid, lastAsk - middle)
  }
  const left = sums(bids.filter(([price]) => middle - price <= reach)).reverse()
  const right = sums(asks.filter(([price]) => price - middle <= reach))
  return {
    prices: [...left, ...right].map(([price]) => price),
    bids: [...left.map(([, total]) => total), ...right.map(() => null)],
    asks: [...left.map(() => null), ...right.map(([, total]) => total)],
    bidTotal: left[0]?.[1] ?? 0,
    askTotal: right.at(-1)?.[1] ?? 0,
  }
}

function sums(levels: readonly (readonly [price: number, size: number])[]): [price: number, total: number][] {
  let total = 0
  return levels.map(([price, size]) => {
    total += size
    return [price, total]
  })
}
