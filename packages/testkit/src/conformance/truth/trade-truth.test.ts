import { type FeedMessage, type GapEvent, MessageType, parseInstrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import type { MarketTrade } from '../../market/market-event.js'
import { MarketSimulator } from '../../market/market-simulator.js'
import { coverage, TradeTruth, toldTrades } from './trade-truth.js'

const btc = parseInstrument('BTC/USDT')

function truthOfSome(): TradeTruth {
  const clock = new ManualClock()
  const market = new MarketSimulator({ pairs: [btc], clock, levels: 8 })
  const truth = new TradeTruth(market, [btc])
  while (truth.happened.length < 6) {
    market.step(btc)
    clock.advance(3)
  }
  truth.stop()
  return truth
}

function messageOf(...trades: readonly MarketTrade[]): FeedMessage {
  const data = trades.map(({ price, size, side, time }) => ({
    id: null,
    price: Number(price),
    size: Number(size),
    side,
    time: time + 0.5,
  }))
  return { type: MessageType.Trades, symbol: btc, data } as unknown as FeedMessage
}

describe('the trades of a feed beside the market’s', () => {
  const truth = truthOfSome()
  const [first, second, ...others] = truth.happened as unknown as readonly [MarketTrade, MarketTrade, ...MarketTrade[]]

  it('are right where each was told once, in however many messages', () => {
    const told = [messageOf(first), messageOf(second, ...others)]
    expect(truth.accounts(told)).toEqual({ tooMuch: [], invented: [], missing: [] })
  })

  it('are missing, too much, or invented', () => {
    expect(truth.accounts([messageOf(first, ...others)]).missing).toEqual([second])
    expect(truth.accounts([messageOf(first, first, second, ...others)]).tooMuch).toHaveLength(1)
    const other = { ...second, time: second.time + 60_000 }
    expect(truth.accounts([messageOf(first, second, ...others, other)]).invented).toHaveLength(1)
  })

  it('may be added up where they are one taker’s at one price', () => {
    const halves = ['0.25', '0.75'].map((size) => ({ ...first, size }))
    const twice = new TradeTruth(new MarketSimulator({ pairs: [btc], levels: 8 }), [])
    twice.happened.push(...halves)
    expect(twice.accounts([messageOf({ ...first, size: '1' })])).toEqual({ tooMuch: [], invented: [], missing: [] })
  })

  it('are written alike for the order they came in', () => {
    const { side, price, time, size } = first
    expect(toldTrades([messageOf(first)])).toEqual([`BTC/USDT ${side} ${Number(price)} at ${time}: ${Number(size)}`])
  })
})

describe('a trade that was not told', () => {
  const trade = { pair: btc, time: 5_000 } as MarketTrade
  const gap = (from: number, to: number | null, action: GapEvent['action']): GapEvent =>
    ({ channel: 'trades', symbol: btc, from, to, action }) as GapEvent

  it.each([
    ['told', 'a gap of its time says that something is missing', [gap(4_000, 6_000, 'lost')]],
    ['told', 'the gap has no end', [gap(4_000, null, 'partly-backfilled')]],
    ['untold', 'no gap is of its time', [gap(1_000, 2_000, 'lost'), gap(9_000, null, 'lost')]],
    ['denied', 'the gap says that all of it was fetched', [gap(4_000, 6_000, 'backfilled')]],
  ] as const)('is %s where %s', (expected, _why, gaps) => {
    expect(coverage(trade, gaps, 100)).toBe(expected)
  })
})
