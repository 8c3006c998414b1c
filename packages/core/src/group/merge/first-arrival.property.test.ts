import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { streamOf } from '../../../test/support/streams.js'
import type { FeedMessage } from '../../model/message.js'
import type { PublicTrade } from '../../model/payloads.js'
import type { TrackedStream } from '../../model/stream.js'
import { adjacentRanges, type BookRules, overlappingRanges } from '../../strategy/book-rules.js'
import type { LaneNumber } from './row.js'
import { bookOn, messageOn, play, type Step, TestLanes } from './test-lanes.js'

const lane = fc.constantFrom<LaneNumber>(0, 1)
const publish: fc.Arbitrary<Step> = fc.constant({ kind: 'publish' })
const read: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('read' as const), lane })
const fault: fc.Arbitrary<Step> = fc.record({ kind: fc.constantFrom('cut' as const, 'return' as const), lane })
const calm = fc.array(fc.oneof(publish, read, read), { maxLength: 120 })
const rough = fc.array(
  fc.oneof({ arbitrary: publish, weight: 4 }, { arbitrary: read, weight: 6 }, { arbitrary: fault, weight: 2 }),
  { maxLength: 150 },
)

/** A row has begun. */
const begun: readonly Step[] = [{ kind: 'publish' }, { kind: 'read', lane: 0 }]

const rest = (continuity = overlappingRanges): BookRules => ({
  source: 'rest',
  depth: null,
  continuity,
  snapshotLimit: { requests: 1, windowMs: 1 },
  fetchSnapshot: () => Promise.reject(new Error('not asked')),
})
const stream: BookRules = {
  source: 'stream',
  depth: null,
  continuity: adjacentRanges,
  snapshotTimeoutMs: 1_000,
  audit: null,
}

const trade = (id: string | null, price: number): PublicTrade => ({ id, price, size: 1, side: 'buy', time: 1 })
const indexes = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('two lanes that are late by turns deliver every message once and in order', () => {
  test.each<[string, (index: number) => FeedMessage]>([
    ['by ids', (index) => messageOn(quotes, index, { bidPrice: index })],
    ['by ids, several with the same', (index) => messageOn(quotes, Math.floor(index / 3), { bidPrice: index })],
    ['trades by their ids', (index) => messageOn(trades, null, [trade(String(index), 1)])],
    ['trades by their ids, beside numbers', (index) => messageOn(trades, index, [trade(`t${index}`, 1)])],
    ['trades without ids, alike ones among them', (index) => messageOn(trades, null, [trade(null, index % 3)])],
    ['contents, alike ones among them', (index) => messageOn(tickers, null, { last: [1, 2, 1, 1, 3][index % 5] })],
    ['an account’s, whose ids need not rise', (index) => messageOn(orders, 9 - (index % 7), { id: index })],
    ['changes of a book', (index) => bookOn(books, index, index)],
  ])('%s', (_how, messageOf) => {
    fc.assert(
      fc.property(calm, (steps) => {
        const lanes = new TestLanes(rest())
        const messages = indexes(steps.length).map(messageOf)
        const published = play(lanes, steps, (index) => ({ ...(messages[index] as FeedMessage) }))
        expect(lanes.delivered).toEqual(messages.slice(0, published))
      }),
    )
  })
})

describe('two lanes that are cut and come back by turns', () => {
  test.each<[string, (index: number) => FeedMessage]>([
    ['trades by their ids', (index) => messageOn(trades, null, [trade(String(index), 1)])],
    ['trades beside numbers', (index) => messageOn(trades, index, [trade(`t${index}`, 1)])],
    ['trades without ids', (index) => messageOn(trades, null, [trade(null, index)])],
    ['contents', (index) => messageOn(tickers, null, { last: index })],
    ['an account’s', (index) => messageOn(orders, 9 - (index % 7), { id: index })],
  ])('deliver each of %s once', (_what, messageOf) => {
    fc.assert(
      fc.property(rough, (steps) => {
        const lanes = new TestLanes()
        const published = play(lanes, steps, messageOf)
        const dataOf = (message: FeedMessage): string => JSON.stringify(message.data)
        expect(lanes.delivered.map(dataOf).sort()).toEqual(indexes(published).map(messageOf).map(dataOf).sort())
      }),
    )
  })

  test('deliver the newest of what has an id, each at most once and never an older one after it', () => {
    fc.assert(
      fc.property(rough, (steps) => {
        const lanes = new TestLanes()
        const published = play(lanes, steps, (index) => messageOn(quotes, index, {}))
        const ids = lanes.delivered.map(({ sequence }) => sequence as number)
        expect(ids).toEqual([...new Set(ids)].sort((one, other) => one - other))
        expect(ids.at(-1) ?? -1).toBe(published - 1)
      }),
    )
  })

  test('keep a book whole, though they divide its changes otherwise', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 150, maxLength: 150 })
    fc.assert(
      fc.property(rough, sizes, (steps, overlaps) => {
        const lanes = new TestLanes(rest())
        // On lane 1 a change reaches back over what came before it.
        const published = play(lanes, [...begun, ...steps], (index, of) =>
          bookOn(books, of === 0 ? index : Math.max(0, index - (overlaps[index] as number)), index),
        )
        expectWhole(lanes.delivered, published)
      }),
    )
  })

  test('keep a book whole whose subscriptions begin with all of it, and never set it back', () => {
    fc.assert(
      fc.property(rough, (steps) => {
        const lanes = new TestLanes(stream)
        const published = play(
          lanes,
          [...begun, ...steps],
          (index) => bookOn(books, index, index),
          (index) => (index === 0 ? [] : [bookOn(books, 0, index - 1, 'snapshot')]),
        )
        expectWhole(lanes.delivered, published)
      }),
    )
  })
})

/** Each change follows on to what was before it, no book is older, and the last id is the newest. */
function expectWhole(delivered: readonly FeedMessage[], published: number): void {
  let last = -1
  for (const { data } of delivered) {
    const { kind, firstSequence, lastSequence } = data as { kind: string; firstSequence: number; lastSequence: number }
    if (kind === 'delta') expect(firstSequence).toBeLessThanOrEqual(last + 1)
    expect(lastSequence).toBeGreaterThan(last)
    last = lastSequence
  }
  expect(last).toBe(published - 1)
}

const trades = streamOf('trades')
const quotes = streamOf('quotes', { channels: ['book_ticker'] })
const tickers = streamOf('tickers', { channels: ['ticker'] })
const orders = streamOf('orders', { channels: ['orders'], instrument: null })
const books = streamOf('books', { channels: ['orderbook'] })
;(books as TrackedStream).status = 'live'
