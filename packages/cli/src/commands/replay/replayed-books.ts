import {
  type OrderBook,
  type PublicChannel,
  parseInstrument,
  type StreamStatus,
  type WebSocketManager,
} from '@tapewire/core'
import { sleep, systemClock } from '@tapewire/core/adapter'
import { inTime } from '../../wait.js'

/** A book as a replay left it. */
export interface ReplayedBook {
  readonly status: StreamStatus
  readonly sequence: number | null
  /** The five best levels, `[price, size]`. */
  readonly bids: readonly (readonly [price: number, size: number])[]
  readonly asks: readonly (readonly [price: number, size: number])[]
}

/** The books of a replay, by symbol, and what happened to them. */
export interface ReplayedBooks {
  readonly books: Readonly<Record<string, ReplayedBook>>
  readonly gaps: number
  readonly resyncs: number
}

const shownLevels = 5
/** A book whose snapshot is not in the capture never becomes live; the others do at once. */
const patienceMs = 5_000
/** An instrument nobody lists: the acknowledgement of its subscription comes behind everything that was played. */
const fence = parseInstrument('FENCE/USDT')

/** The books once everything that was played is in them. `fenceChannel` is any market channel of the exchange. */
export async function finishBooks(
  manager: WebSocketManager,
  fenceChannel: PublicChannel,
  signal: AbortSignal,
): Promise<ReplayedBooks> {
  await manager.subscribe([fence], [fenceChannel])
  const tracked = manager
    .streamStates()
    .flatMap(({ symbol, channel }) => (channel === 'orderbook' && symbol !== null && symbol !== fence ? [symbol] : []))
  await inTime(patienceMs, signal, (patience) =>
    Promise.allSettled(tracked.map((symbol) => manager.awaitBook(symbol, { signal: patience }))),
  )
  // What a snapshot has just released is applied within the same turn.
  await sleep(systemClock, 0)
  const books: Record<string, ReplayedBook> = {}
  for (const symbol of tracked) {
    const book = manager.orderBook(symbol)
    if (book !== null) books[symbol.name] = describe(book)
  }
  const { gaps, resyncs } = manager.getPerformanceMetrics()
  return { books, gaps, resyncs }
}

function describe(book: OrderBook): ReplayedBook {
  const { bids, asks } = book.depth(shownLevels)
  return {
    status: book.status,
    sequence: book.sequence,
    bids: bids.map(({ price, size }) => [price, size] as const),
    asks: asks.map(({ price, size }) => [price, size] as const),
  }
}
