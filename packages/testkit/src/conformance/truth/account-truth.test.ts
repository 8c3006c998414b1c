import { type ExecutionData, type FeedMessage, MessageType, type OrderData, parseInstrument } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import { describe, expect, it } from 'vitest'
import type { AccountEvent } from '../../market/account-event.js'
import { AccountSimulator } from '../../market/account-simulator.js'
import { MarketSimulator } from '../../market/market-simulator.js'
import { accountMismatch, toldAccount, trimmed } from './account-truth.js'

const btc = parseInstrument('BTC/USDT')

/** An order that is placed, filled in part and cancelled. */
function happened(): readonly AccountEvent[] {
  const clock = new ManualClock()
  const market = new MarketSimulator({ pairs: [btc], clock, levels: 8 })
  const account = new AccountSimulator({ market, clock })
  const price = market.book(btc, 5).bids[4]?.[0] ?? ''
  const placed = account.place({ pair: btc, side: 'buy', price, size: '0.5' })
  const { id } = placed.find((event) => event.kind === 'order') ?? { id: '' }
  return [...placed, ...account.fill(id, '0.2'), ...account.cancel(id)]
}

/** The messages of an exchange that tells everything. */
function toldOf(events: readonly AccountEvent[]): FeedMessage[] {
  return events.map((event) => {
    if (event.kind === 'order') return { type: MessageType.Order, symbol: event.pair, data: event }
    if (event.kind === 'fill') return { type: MessageType.Trade, symbol: event.pair, data: event }
    return { type: MessageType.Balance, symbol: null, data: [{ ...event }] }
  }) as unknown as FeedMessage[]
}

function mismatchOf(events: readonly AccountEvent[], messages: readonly FeedMessage[]): string | null {
  return accountMismatch(events, toldAccount(messages))?.what ?? null
}

describe('what is told of an account', () => {
  const events = happened()

  it('is right where everything was told, and where states in between were not', () => {
    expect(mismatchOf(events, toldOf(events))).toBeNull()
    const orders = events.filter((event) => event.kind === 'order')
    expect(orders).toHaveLength(3)
    const withoutOpen = toldOf(events.filter((event) => event !== orders[0] && event !== orders[1]))
    expect(mismatchOf(events, withoutOpen)).toBeNull()
  })

  it.each([
    ['the last state of an order is not told', MessageType.Order, /last state of order/],
    ['a fill is not told', MessageType.Trade, /1 fills happened, and 0 executions/],
    ['the last balance is not told', MessageType.Balance, /last state of the balance/],
  ])('is wrong where %s', (_what, type, words) => {
    const messages = toldOf(events)
    const last = messages.findLastIndex((message) => message.type === type)
    expect(mismatchOf(events, messages.toSpliced(last, 1))).toMatch(words)
  })

  it('is wrong where something is told twice', () => {
    const messages = toldOf(events)
    for (const message of messages) {
      expect(mismatchOf(events, [...messages, message])).toMatch(/twice|2 executions|another/)
    }
  })

  it.each([
    ['side', 'sell'],
    ['price', '1'],
    ['size', '9'],
    ['status', 'open'],
    ['symbol', null],
  ])('is wrong where an order has another %s', (field, value) => {
    const messages = toldOf(events)
    const last = messages.findLastIndex(({ type }) => type === MessageType.Order)
    const message = messages[last] as FeedMessage
    const data = { ...(message.data as OrderData), ...(field === 'symbol' ? {} : { [field]: value }) }
    const changed = { ...message, data, ...(field === 'symbol' ? { symbol: null } : {}) } as FeedMessage
    expect(mismatchOf(events, messages.with(last, changed))).toContain(field)
  })

  it('does not mind what an exchange leaves out, nor zeros at the end', () => {
    const messages = toldOf(events).map((message) => {
      if (message.type !== MessageType.Trade) return message
      const data = message.data as ExecutionData
      return { ...message, data: { ...data, size: `${data.size}00`, fee: null, liquidity: null, time: null } }
    })
    expect(mismatchOf(events, messages as FeedMessage[])).toBeNull()
  })

  it.each([
    ['0.50', '0.5'],
    ['100', '100'],
    ['7.000', '7'],
    ['0', '0'],
  ])('has amounts without their last zeros: %s is %s', (amount, short) => {
    expect(trimmed(amount)).toBe(short)
  })
})
