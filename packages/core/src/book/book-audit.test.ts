import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { StreamError } from '../errors/stream-error.js'
import { type Instrument, tradingPair } from '../model/instrument.js'
import { adjacentRanges } from '../strategy/book-rules.js'
import type { BookDivergence } from './book-events.js'
import { BookRegistry } from './book-registry.js'
import { bookStream, btc, ManualSnapshots, MessageMaker, quietEnv, settled } from './test-support.js'

const eth: Instrument = tradingPair('ETH', 'USDT')

let clock: ManualClock
let snapshots: ManualSnapshots
let books: BookRegistry
let found: BookDivergence[]
let make: MessageMaker

beforeEach(() => {
  clock = new ManualClock()
  snapshots = new ManualSnapshots()
  make = new MessageMaker(clock)
  found = []
  books = new BookRegistry({
    rules: {
      source: 'stream',
      depth: null,
      continuity: adjacentRanges,
      snapshotTimeoutMs: 10_000,
      audit: { fetchSnapshot: snapshots.fetchSnapshot, snapshotLimit: { requests: 10, windowMs: 1_000 } },
    },
    env: quietEnv(clock),
    options: { auditIntervalMs: 60_000, auditDepth: 2 },
    listener: { onDivergence: (divergence) => found.push(divergence) },
    resubscribe: async (_symbol, onEnded) => onEnded(),
  })
  books.track(bookStream(btc))
  books.apply(make.whole(100, [99, 1, 98, 1, 97, 1], [101, 1, 102, 1]))
})

async function beginAudit(): Promise<void> {
  clock.advance(60_000)
  await settled()
}

describe('an audit', () => {
  it('finds nothing in a true book, though the snapshot is of another moment', async () => {
    await beginAudit()
    books.track(bookStream(eth))
    books.apply(new MessageMaker(clock, eth).whole(500, [9, 1], [10, 1]))
    books.apply(make.change(101, 103, [99, 5]))
    await snapshots.answer({ bids: [99, 3, 98, 1], asks: [101, 1, 102, 1], sequence: 102, exchangeTime: null })
    clock.advance(10_000)
    expect([found, snapshots.requests.length]).toEqual([[], 1])
  })

  it('reports the level nearest the touch that differs at the same update id', async () => {
    await beginAudit()
    books.apply(make.change(101, 103, [99, 5]))
    await snapshots.answer({ bids: [99, 1, 98, 2], asks: [101, 1, 102, 7], sequence: 102, exchangeTime: null })
    expect(found).toEqual([
      {
        symbol: btc,
        side: 'bids',
        index: 1,
        expected: { price: 98, size: 2 },
        got: { price: 98, size: 1 },
        sequence: 103,
        snapshotSequence: 103,
      },
    ])
  })

  it('reports a side that only the snapshot has', async () => {
    books.apply(make.change(101, 101, [], [101, 0, 102, 0]))
    await beginAudit()
    await snapshots.answer({ bids: [99, 1], asks: [103, 1], sequence: 101, exchangeTime: null })
    expect(found).toMatchObject([{ side: 'asks', index: 0, expected: { price: 103, size: 1 }, got: null }])
  })

  it('looks no deeper than told, and no deeper than both books reach', async () => {
    await beginAudit()
    await snapshots.answer({ bids: [99, 1, 98, 1, 97, 9], asks: [101, 1], sequence: 100, exchangeTime: null })
    expect(found).toEqual([])
  })

  it('waits for the book to reach a snapshot that is ahead', async () => {
    await beginAudit()
    await snapshots.answer({ bids: [99, 7, 98, 1], asks: [101, 1], sequence: 102, exchangeTime: null })
    expect(found).toEqual([])
    books.apply(make.change(101, 102, [99, 7]))
    clock.advance(10_000)
    expect(found).toEqual([])
  })

  it('reports a stream that fell silent while the exchange went on', async () => {
    await beginAudit()
    await snapshots.answer({ bids: [99, 7, 98, 1], asks: [101, 1], sequence: 102, exchangeTime: null })
    clock.advance(10_000)
    expect(found).toMatchObject([{ side: 'bids', index: 0, sequence: 100, snapshotSequence: 102 }])
  })

  it('says nothing of a book that was lost meanwhile, nor where no snapshot can be had', async () => {
    await beginAudit()
    books.apply(make.change(105, 105))
    await snapshots.answer({ bids: [99, 9], asks: [101, 9], sequence: 100, exchangeTime: null })
    books.apply(make.whole(200, [99, 1], [101, 1]))
    clock.advance(10_000)
    await beginAudit()
    await snapshots.refuse(new StreamError('ERR_REST_FAILED', 'No.'))
    clock.advance(10_000)
    expect([found, books.book(btc)?.isLive]).toEqual([[], true])
  })

  it('takes the live books in turn', async () => {
    books.track(bookStream(eth))
    const audited: string[] = []
    for (let round = 0; round < 4; round += 1) {
      if (round === 2) books.apply(new MessageMaker(clock, eth).whole(100, [99, 1], [101, 1]))
      await beginAudit()
      audited.push(snapshots.requests.at(-1)?.symbol.base ?? '')
      await snapshots.answer({ bids: [99, 1], asks: [101, 1], sequence: 100, exchangeTime: null })
    }
    expect(audited).toEqual(['BTC', 'BTC', 'ETH', 'BTC'])
    expect(found).toEqual([])
    books.close()
    expect(clock.pendingTimers).toBe(0)
  })
})
