import { parseInstrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import { MarketSimulator } from '../../market/market-simulator.js'
import { BookHistory, bookDifference } from './book-truth.js'

const btc = parseInstrument('BTC/USDT')

type Row = readonly [number, number]

/** A book that holds these levels. */
function bookOf(bids: readonly Row[], asks: readonly Row[]): Parameters<BookHistory['had']>[0] {
  const levels = (rows: readonly Row[], count: number) => rows.slice(0, count).map(([price, size]) => ({ price, size }))
  const depth = (count: number) => ({ bids: levels(bids, count), asks: levels(asks, count) })
  return { symbol: btc, depth } as unknown as Parameters<BookHistory['had']>[0]
}

function bookNow(market: MarketSimulator) {
  const rows = (side: readonly (readonly [string, string])[]) =>
    side.map(([price, size]): Row => [Number(price), Number(size)])
  const { bids, asks } = market.book(btc)
  return bookOf(rows(bids), rows(asks))
}

describe('a book beside the market’s', () => {
  const image = {
    pair: btc,
    lastId: 1,
    time: 0,
    bids: [
      ['10', '1'],
      ['9', '2'],
    ],
    asks: [['11', '3']],
  } as const

  it('is the same as deep as it is compared', () => {
    const rows: readonly Row[] = [
      [10, 1],
      [9, 2],
    ]
    expect(bookDifference(bookOf(rows, [[11, 3]]), image, Number.POSITIVE_INFINITY)).toBeNull()
    expect(
      bookDifference(
        bookOf(
          [
            [10, 1],
            [8, 2],
          ],
          [[11, 3]],
        ),
        image,
        1,
      ),
    ).toBeNull()
  })

  it.each([
    ['another size', [[10, 1.5]], { side: 'bids', index: 0, expected: { price: 10, size: 1 } }],
    ['a level too few', [[10, 1]], { side: 'bids', index: 1, got: null }],
    [
      'a level too many',
      [
        [10, 1],
        [9, 2],
        [8, 1],
      ],
      { side: 'bids', index: 2, expected: null, expectedText: null },
    ],
  ] as const)('differs at the first level that does: %s', (_what, bids, difference) => {
    expect(bookDifference(bookOf(bids, [[11, 3]]), image, 5)).toMatchObject(difference)
  })
})

describe('the history of a market’s books', () => {
  it('knows what they are and were within a time, and nothing else', () => {
    const clock = new ManualClock()
    const market = new MarketSimulator({ pairs: [btc], clock, levels: 8 })
    const history = new BookHistory(market, () => clock.now(), 8)
    const before = bookNow(market)
    expect(history.had(before, 0)).toBe(true)
    market.step(btc)
    expect([history.had(bookNow(market), 0), history.had(before, 100)]).toEqual([true, true])
    clock.advance(101)
    expect([history.had(bookNow(market), 0), history.had(before, 100)]).toEqual([true, false])
    expect(history.had(bookOf([[1, 1]], [[2, 1]]), 1_000)).toBe(false)
  })
})
