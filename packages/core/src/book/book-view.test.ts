import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { BookWriter } from './book-writer.js'
import { bookStream, btc, contents } from './test-support.js'

function writer(depth: number | null = null): BookWriter {
  return new BookWriter({
    stream: bookStream(),
    depth,
    keepsDigits: false,
    changeLogSize: 4,
    reason: 'new',
    now: 1_000,
  })
}

function filled(): BookWriter {
  const made = writer()
  made.replace([99, 1, 98, 2, 97, 3], [101, 1, 102, 4, 104, 5], 10)
  return made
}

describe('an order book, as its readers see it', () => {
  it('gives levels by number, as objects and by walking', () => {
    const { view } = filled()
    expect([view.bidCount, view.bidPrice(1), view.bidSize(1)]).toEqual([3, 98, 2])
    expect([view.askCount, view.askPrice(2), view.askSize(2)]).toEqual([3, 104, 5])
    expect([view.bid(0), view.ask(1), view.ask(3)]).toEqual([{ price: 99, size: 1 }, { price: 102, size: 4 }, null])
    expect(view.depth(2)).toEqual({
      bids: [
        { price: 99, size: 1 },
        { price: 98, size: 2 },
      ],
      asks: [
        { price: 101, size: 1 },
        { price: 102, size: 4 },
      ],
    })
    expect(contents(view)).toEqual({ bids: [99, 1, 98, 2, 97, 3], asks: [101, 1, 102, 4, 104, 5] })
    expect([view.sizeAt('bids', 98), view.sizeAt('asks', 98)]).toEqual([2, 0])
  })

  it('gives best, spread and mid, and null where a side is empty', () => {
    const { view } = filled()
    expect(view.best).toEqual({ bidPrice: 99, bidSize: 1, askPrice: 101, askSize: 1 })
    expect([view.spread, view.mid, view.isCrossed, view.isLocked]).toEqual([2, 100, false, false])
    const empty = writer().view
    expect(empty.best).toEqual({ bidPrice: null, bidSize: null, askPrice: null, askSize: null })
    expect([empty.spread, empty.mid, empty.isCrossed, empty.isLocked]).toEqual([null, null, false, false])
    expect([empty.sequence, empty.exchangeTime, empty.receivedAt]).toEqual([null, null, null])
  })

  it('is shown in a line, with the reason where it is not live', () => {
    const made = filled()
    expect(inspect(made.view)).toBe('OrderBook BTC/USDT syncing (new) 99 x 1 | 101 x 1 (3 + 3 levels, sequence 10)')
    made.setStatus('live', 'complete', 1_000)
    expect(inspect(made.view)).toBe('OrderBook BTC/USDT live 99 x 1 | 101 x 1 (3 + 3 levels, sequence 10)')
    expect(inspect(made.view.freeze())).toBe(inspect(made.view))
    expect(inspect(writer().view)).toBe('OrderBook BTC/USDT syncing (new) none | none (0 + 0 levels)')
  })

  it('tells crossed from locked', () => {
    const made = filled()
    made.apply([101, 1], [], 11)
    expect([made.view.isCrossed, made.view.isLocked, made.isCrossedOrLocked]).toEqual([false, true, true])
    made.apply([102, 1], [], 12)
    expect([made.view.isCrossed, made.view.isLocked, made.isCrossedOrLocked]).toEqual([true, false, true])
  })

  it('prices a size by walking the side it is taken from', () => {
    const { view } = filled()
    expect(view.vwap('asks', 5)).toBe((101 + 4 * 102) / 5)
    expect(view.vwap('bids', 6)).toBe((99 + 2 * 98 + 3 * 97) / 6)
    expect(view.vwap('bids', 6.5)).toBeNull()
    expect(view.vwap('asks', 0)).toBeNull()
    for (const side of ['bid', 'sell', undefined] as unknown[] as 'bids'[]) {
      const refused = expect.objectContaining({ code: 'ERR_INVALID_CONFIG' })
      expect(() => view.vwap(side, 1)).toThrow(refused)
      expect(() => view.volumeTo(side, 1)).toThrow(refused)
      expect(() => view.sizeAt(side, 1)).toThrow(refused)
    }
    expect(view.volumeTo('asks', 103)).toBe(5)
    expect(view.volumeTo('bids', 98)).toBe(3)
  })

  it('keeps a frozen book as it was', () => {
    const made = filled()
    made.setStatus('live', 'in sync', 2_000)
    const frozen = made.view.freeze()
    made.apply([99, 7, 98, 0], [100, 1], 11)
    made.setStatus('gapped', 'an update is missing', 3_000)
    expect(contents(frozen)).toEqual({ bids: [99, 1, 98, 2, 97, 3], asks: [101, 1, 102, 4, 104, 5] })
    expect([frozen.sequence, frozen.isLive, frozen.since]).toEqual([10, true, 2_000])
    expect([frozen.changesSince(10), frozen.changesSince(9)]).toEqual([[], null])
  })

  it('cannot be changed by whoever reads it', () => {
    const { view } = filled()
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(view))
    expect(names.filter((name) => /^(set|apply|replace|load|write|clear|trim|drop)/.test(name))).toEqual([])
    expect(Object.keys(view)).toEqual(['stream', 'symbol'])
  })

  it('refuses to pass for live when it is not', () => {
    const made = filled()
    made.setStatus('gapped', 'an update is missing', 2_000)
    expect(() => made.view.requireLive()).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: The order book of BTC/USDT is gapped, not live.  [ERR_BOOK_NOT_LIVE]
      Symbol: BTC/USDT   Status: gapped   Reason: an update is missing
      Wait until it is live before acting on it.]
    `)
    made.setStatus('live', 'in sync', 3_000)
    expect(made.view.requireLive()).toBe(made.view)
    expect(made.view.state).toEqual({
      stream: bookStream(),
      symbol: btc,
      channel: 'orderbook',
      status: 'live',
      reason: 'in sync',
      since: 3_000,
    })
  })

  it('trims to the depth the stream maintains, after snapshots and after changes', () => {
    const made = writer(2)
    made.replace([99, 1, 98, 2, 97, 3], [101, 1, 102, 4, 104, 5], 10)
    expect(contents(made.view)).toEqual({ bids: [99, 1, 98, 2], asks: [101, 1, 102, 4] })
    made.apply([99.5, 1], [101, 0, 103, 1, 105, 1], 11)
    expect(contents(made.view)).toEqual({ bids: [99.5, 1, 99, 1], asks: [102, 4, 103, 1] })
  })

  it.each([
    { fault: 'a price that is no number', bids: [Number.NaN, 1], asks: [] },
    { fault: 'an infinite price', bids: [], asks: [Number.POSITIVE_INFINITY, 1] },
    { fault: 'a negative size', bids: [99, -1], asks: [] },
    { fault: 'an infinite size', bids: [99, Number.POSITIVE_INFINITY], asks: [] },
    { fault: 'a size that is no number', bids: [], asks: [101, Number.NaN] },
    { fault: 'half a level', bids: [99], asks: [] },
  ])('takes nothing of an update with $fault', ({ bids, asks }) => {
    const made = filled()
    expect(made.apply([...bids], [...asks], 11)).toBe('something that is no price or size')
    expect(made.replace([...bids], [...asks], 11)).toBe('something that is no price or size')
    expect(contents(made.view)).toEqual({ bids: [99, 1, 98, 2, 97, 3], asks: [101, 1, 102, 4, 104, 5] })
    expect(made.view.sequence).toBe(10)
  })
})
