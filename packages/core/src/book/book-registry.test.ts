import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { StreamError } from '../errors/stream-error.js'
import { type Instrument, tradingPair } from '../model/instrument.js'
import {
  adjacentRanges,
  type BookRules,
  type BookSnapshot,
  orderOfArrival,
  overlappingRanges,
  type SnapshotSource,
} from '../strategy/book-rules.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { BookListener } from './book-events.js'
import type { BookOptions } from './book-options.js'
import { BookRegistry } from './book-registry.js'
import { bookStream, btc, contents, ManualSnapshots, MessageMaker, quietEnv, settled } from './test-support.js'

const eth: Instrument = tradingPair('ETH', 'USDT')
const ada: Instrument = tradingPair('ADA', 'USDT')
const unused: SnapshotSource = {
  fetchSnapshot: () => Promise.reject(undefined),
  snapshotLimit: { requests: 1, windowMs: 1_000 },
}
const snapshot = { bids: [99, 1], asks: [101, 1], sequence: 100, exchangeTime: null }

let clock: ManualClock
let snapshots: ManualSnapshots
let resubscribed: Instrument[]

beforeEach(() => {
  clock = new ManualClock()
  snapshots = new ManualSnapshots()
  resubscribed = []
})

function registry(
  options: BookOptions = {},
  listener: BookListener = {},
  rules: Partial<BookRules> = {},
): BookRegistry {
  const retry = { attempts: 2, initialDelayMs: 300, maxDelayMs: 1_000, pauseMs: 30_000 }
  return new BookRegistry({
    rules: {
      source: 'rest',
      depth: null,
      continuity: overlappingRanges,
      fetchSnapshot: snapshots.fetchSnapshot,
      snapshotLimit: { requests: 1, windowMs: 1_000 },
      retry,
      ...rules,
    } as BookRules,
    env: quietEnv(clock),
    options,
    listener,
    resubscribe: async ({ instrument }) => void resubscribed.push(instrument as Instrument),
  })
}

async function nextTurn(): Promise<void> {
  clock.advance(1_000)
  await settled()
}

describe('BookRegistry', () => {
  it('keeps one book an instrument, whatever its status', () => {
    const books = registry()
    const book = books.track(bookStream(btc))
    expect(books.track(bookStream(btc))).toBe(book)
    expect(books.book(btc)).toBe(book)
    expect(books.book(eth)).toBeNull()
    expect(books.books().map(({ state }) => state)).toMatchObject([
      { symbol: btc, channel: 'orderbook', status: 'syncing' },
    ])
  })

  it('resynchronises an instrument with a gap alone, while the others go on', async () => {
    const books = registry({}, {}, { snapshotLimit: { requests: 10, windowMs: 1_000 } } as Partial<BookRules>)
    for (const symbol of [btc, eth]) {
      books.track(bookStream(symbol))
      books.confirm([symbol])
      await settled()
      await snapshots.answer(snapshot)
    }
    books.apply(new MessageMaker(clock, btc).change(105, 105))
    books.apply(new MessageMaker(clock, eth).change(101, 101, [99, 4]))
    expect([books.book(btc)?.status, books.book(eth)?.status]).toEqual(['gapped', 'live'])
    expect(contents(books.track(bookStream(eth))).bids).toEqual([99, 4])
    await settled()
    expect(snapshots.requests.map(({ symbol }) => symbol.name)).toEqual(['BTC/USDT', 'ETH/USDT', 'BTC/USDT'])
  })

  it('fetches first what somebody awaits', async () => {
    const books = registry()
    for (const symbol of [btc, eth, ada]) books.track(bookStream(symbol))
    books.confirm([btc, eth, ada])
    const awaited = books.awaitBook(ada)
    const leaving = new AbortController()
    const left = expect(books.awaitBook(eth, { signal: leaving.signal })).rejects.toBe('never mind')
    leaving.abort('never mind')
    await left
    for (let turn = 0; turn < 3; turn += 1) {
      await settled()
      await snapshots.answer(snapshot)
      await nextTurn()
    }
    expect(snapshots.requests.map(({ symbol }) => symbol.base)).toEqual(['BTC', 'ADA', 'ETH'])
    expect(await awaited).toBe(books.book(ada))
    expect(await books.awaitBook(ada)).toBe(books.book(ada))
  })

  it('gives up a fetchSnapshot that never settles, tells of it, and goes on with the next book', async () => {
    const faults: string[] = []
    const books = registry({}, { onRuleFault: ({ code, shortMessage }) => faults.push(`${code}: ${shortMessage}`) })
    for (const symbol of [btc, eth]) books.track(bookStream(symbol))
    books.confirm([btc, eth])
    await settled()
    clock.advance(29_999)
    await settled()
    expect([snapshots.requests.length, faults]).toEqual([1, []])
    clock.advance(1)
    await settled()
    expect(faults).toEqual(['ERR_BOOK_RULES: The rule fetchSnapshot did not settle within 30000 ms.'])
    expect(snapshots.requests[0]?.signal.aborted).toBe(true)
    await nextTurn()
    await snapshots.answer(snapshot)
    await nextTurn()
    await snapshots.answer(snapshot)
    expect(snapshots.requests.map(({ symbol }) => symbol.base)).toEqual(['BTC', 'ETH', 'BTC'])
    expect(books.books().map(({ isLive }) => isLive)).toEqual([true, true])
  })

  it('does not wait for a fetchSnapshot that goes on after its book is gone', async () => {
    const books = registry()
    for (const symbol of [btc, eth]) books.track(bookStream(symbol))
    books.confirm([btc, eth])
    await settled()
    books.untrack(btc)
    await settled()
    await nextTurn()
    expect(snapshots.requests.map(({ symbol }) => symbol.base)).toEqual(['BTC', 'ETH'])
  })

  it('hands fetchSnapshot the time, chance, log and sockets it was given, and a signal that ends the wait', async () => {
    const given: StrategyEnv[] = []
    const fetchSnapshot = (_symbol: Instrument, env: StrategyEnv): Promise<BookSnapshot> => {
      given.push(env)
      return Promise.resolve(snapshot)
    }
    const env = quietEnv(clock)
    const rules: BookRules = {
      source: 'rest',
      depth: null,
      continuity: overlappingRanges,
      fetchSnapshot,
      snapshotLimit: { requests: 1, windowMs: 1_000 },
    }
    const books = new BookRegistry({ rules, env, resubscribe: () => Promise.resolve() })
    books.track(bookStream(btc))
    books.confirm([btc])
    await settled()
    expect(given).toEqual([{ ...env, signal: expect.any(AbortSignal) }])
  })

  it('stops waiting when told to', async () => {
    const books = registry()
    books.track(bookStream(btc))
    const leaving = new AbortController()
    const reason = new Error('enough')
    const [first, second] = [books.awaitBook(btc, { signal: leaving.signal }), books.awaitBook(btc)]
    leaving.abort(reason)
    await expect(first).rejects.toBe(reason)
    await expect(books.awaitBook(btc, { signal: leaving.signal })).rejects.toBe(reason)
    books.apply(new MessageMaker(clock).whole(1, [99, 1], [101, 1]))
    expect((await second).isLive).toBe(true)
  })

  it('tells those who wait when a row of tries is used up', async () => {
    const books = registry()
    books.track(bookStream(btc))
    const awaited = books.awaitBook(btc)
    const refused = expect(awaited).rejects.toMatchObject({ code: 'ERR_INVALID_SYMBOL' })
    books.confirm([btc])
    await settled()
    await snapshots.refuse(new StreamError('ERR_INVALID_SYMBOL', 'No such pair.'))
    await refused
  })

  it('refuses to wait for what is not subscribed, any more or at all', async () => {
    const books = registry()
    await expect(books.awaitBook(btc)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_STREAM' })
    const book = books.track(bookStream(btc))
    const refused = expect(books.awaitBook(btc)).rejects.toMatchObject({
      code: 'ERR_UNKNOWN_STREAM',
      shortMessage: 'The order book of BTC/USDT was unsubscribed before it became live.',
    })
    books.untrack(btc)
    books.untrack(btc)
    await refused
    expect([book.status, book.reason]).toEqual(['gapped', 'not subscribed any more'])
    books.apply(new MessageMaker(clock).whole(1, [99, 1], [101, 1]))
    expect(book.isLive).toBe(false)
  })

  it.each([
    ['has the same levels', { bids: [99, 1, 98, 1], asks: [101, 1] }, false],
    ['has another size', { bids: [99, 2], asks: [101, 1] }, true],
    ['has another price', { bids: [99, 1], asks: [102, 1] }, true],
    ['lacks a side that the book has', { bids: [99, 1], asks: [] }, true],
    ['is none', { bids: null as never, asks: [101, 1] }, false],
  ])('says whether a silent book was left behind: a snapshot that %s', async (_what, levels, isLeft) => {
    const books = registry()
    books.track(bookStream(btc))
    books.apply(new MessageMaker(clock).whole(100, [99, 1], [101, 1]))
    expect(await books.isLeftBehind(btc)).toBe(false)
    expect(snapshots.requests).toHaveLength(0)
    books.markStale([btc], 'silent')
    const asked = books.isLeftBehind(btc)
    await settled()
    await snapshots.answer({ ...snapshot, sequence: 200, ...levels })
    expect(await asked).toBe(isLeft)
  })

  it('says of no book that it was left behind where that cannot be known', async () => {
    const books = registry()
    books.track(bookStream(btc))
    books.apply(new MessageMaker(clock).whole(100, [99, 1], [101, 1]))
    books.markStale([btc], 'silent')
    const refused = books.isLeftBehind(btc)
    await settled()
    await snapshots.refuse(new Error('no'))
    expect([await refused, await books.isLeftBehind(eth)]).toEqual([false, false])
    clock.advance(1_000)
    const open = books.isLeftBehind(btc)
    await settled()
    books.close()
    expect(await open).toBe(false)
    const replaced = registry({}, {}, { source: 'replace', depth: null })
    replaced.track(bookStream(btc))
    replaced.apply(new MessageMaker(clock).whole(1, [99, 1], [101, 1]))
    replaced.markStale([btc], 'silent')
    expect(await replaced.isLeftBehind(btc)).toBe(false)
  })

  it('looks at many silent books at once without a MaxListenersExceededWarning', async () => {
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    const books = registry()
    const many = Array.from({ length: 12 }, (_, index) => tradingPair(`COIN${index}`, 'USDT'))
    for (const symbol of many) books.track(bookStream(symbol))
    for (const symbol of many) books.apply(new MessageMaker(clock, symbol).whole(100, [99, 1], [101, 1]))
    books.markStale('all', 'silent')
    const asked = many.map((symbol) => books.isLeftBehind(symbol))
    await nextTurn()
    books.close()
    expect(await Promise.all(asked)).toEqual(many.map(() => false))
    process.off('warning', onWarning)
    expect(warnings).toEqual([])
  })

  it('passes on what the feed knows, for some instruments or for all', async () => {
    const states: string[] = []
    const books = registry({}, { onState: ({ symbol, status }) => states.push(`${symbol?.base} ${status}`) })
    for (const symbol of [btc, eth]) {
      books.track(bookStream(symbol))
      books.apply(new MessageMaker(clock, symbol).whole(1, [99, 1], [101, 1]))
    }
    books.markStale([btc], 'silent')
    books.reset([eth, ada], 'an update was dropped')
    books.interrupt('all', 'connection lost')
    expect(states).toEqual(['BTC live', 'ETH live', 'BTC stale', 'ETH gapped', 'BTC gapped'])
    expect(books.books().map(({ reason }) => reason)).toEqual(['connection lost', 'connection lost'])
  })

  it('subscribes a stream again through its feed', () => {
    const books = registry(
      {},
      {},
      { source: 'stream', continuity: adjacentRanges, snapshotTimeoutMs: 5_000, audit: null },
    )
    books.track(bookStream(btc))
    books.apply(new MessageMaker(clock).whole(1, [99, 1], [101, 1]))
    books.apply(new MessageMaker(clock).change(3, 3))
    expect(resubscribed).toEqual([btc])
  })

  it('leaves nothing behind when closed', async () => {
    const books = registry({ auditIntervalMs: 60_000 })
    const held = [btc, eth].map((symbol) => books.track(bookStream(symbol)))
    books.confirm([btc, eth])
    await settled()
    const refused = expect(books.awaitBook(eth)).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    books.close()
    books.close()
    await refused
    expect(clock.pendingTimers).toBe(0)
    expect(snapshots.requests[0]?.signal.aborted).toBe(true)
    expect(held.map(({ reason }) => reason)).toEqual(['closed', 'closed'])
    expect(books.books()).toEqual([])
  })

  it('reports every wrong option together', () => {
    const options = { crossed: 'panic', maxBufferedUpdates: 0, changelogSize: 5 } as unknown as BookOptions
    expect(() => registry(options)).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: book options: changelogSize is not an option (did you mean changeLogSize?); crossed must be one of resync, report, ignore; maxBufferedUpdates must be >= 1.  [ERR_INVALID_CONFIG]
      Known options: crossed, maxBufferedUpdates, changeLogSize, auditIntervalMs, auditDepth.]
    `)
  })

  it.each([
    { source: 'replace' },
    { source: 'stream', continuity: adjacentRanges, snapshotTimeoutMs: 1, audit: null },
    { source: 'stream', continuity: orderOfArrival, snapshotTimeoutMs: 1, audit: unused },
  ] as const)('refuses to audit where there is no snapshot to compare with ($source, $continuity)', (rules) => {
    expect(() => registry({ auditIntervalMs: 1_000 }, {}, rules)).toThrow('[ERR_UNSUPPORTED_OPTION]')
  })
})
