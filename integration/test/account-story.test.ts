import {
  type BalanceData,
  type ChannelMessage,
  type ExecutionData,
  type FeedMessage,
  MessageType,
  type OrderData,
} from '@tapewire/core'
import type { AccountEvent, OrderEvent, OrderRequest } from '@tapewire/testkit'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type EmulatedExchange, gateio, mexc } from '../src/scene/exchanges.js'
import { btc, closeScenes, Scene } from '../src/scene/scene.js'

type AccountMessage = ChannelMessage<'orders' | 'executions' | 'balances'>

/** One account's story as an exchange tells it, and as it was. */
interface Story {
  readonly happened: readonly AccountEvent[]
  readonly messages: readonly AccountMessage[]
}

async function storyOf(exchange: EmulatedExchange): Promise<Story> {
  const scene = await Scene.open(exchange, { pairs: [btc] })
  const { record } = await scene.privateFeed()
  const happened: AccountEvent[] = []
  scene.venue.account.listen((event) => happened.push(event))
  live(scene)
  const told = exchange === gateio ? happened.filter((event) => !isWaiting(event)) : happened
  await scene.until(() => record.messages.length >= told.length)
  await closeScenes()
  expect(record.errors).toEqual([])
  return { happened, messages: record.messages.filter(isOfAccount) }
}

function isOfAccount(message: FeedMessage): message is AccountMessage {
  const { type } = message
  return type === MessageType.Order || type === MessageType.Trade || type === MessageType.Balance
}

/** Whether it is an order that waits for its trigger price: Gate.io tells of those elsewhere, on `spot.priceorders`. */
function isWaiting(event: AccountEvent): event is OrderEvent {
  return event.kind === 'order' && event.type === 'stop'
}

/** What happens: every kind of order and of end, and a deposit, each a millisecond after the last. */
function live({ clock, server, venue: { account } }: Scene): void {
  const { bids, asks } = server.market.book(btc, 10)
  const [bid = '', lowBid = '', ask = ''] = [bids[0]?.[0], bids[5]?.[0], asks[0]?.[0]]
  const place = (request: Omit<OrderRequest, 'pair'>): string => {
    clock.advance(1)
    const placed = account.place({ pair: btc, ...request }).find((event) => event.kind === 'order')
    return placed?.id ?? ''
  }

  account.deposit('USDT', '5000.5')
  const rested = place({ side: 'buy', price: lowBid, size: '0.5' })
  account.fill(rested, '0.2')
  account.fill(rested)
  place({ side: 'buy', type: 'market', quoteSize: '1000.01' })
  place({ side: 'sell', type: 'market', size: '0.1' })
  place({ side: 'buy', timeInForce: 'ioc', price: lowBid, size: '0.2' })
  place({ side: 'buy', timeInForce: 'fok', price: lowBid, size: '0.2' })
  place({ side: 'buy', timeInForce: 'post_only', price: ask, size: '0.2' })
  const withdrawn = place({ side: 'buy', price: lowBid, size: '0.3' })
  account.fill(withdrawn, '0.1')
  account.cancel(withdrawn)
  account.cancel(place({ side: 'buy', price: lowBid, size: '0.3' }))
  account.trigger(place({ side: 'sell', type: 'stop', triggerPrice: bid, price: lowBid, size: '0.4' }))
}

let onGateio: Story
let onMexc: Story

beforeAll(async () => {
  onGateio = await storyOf(gateio)
  onMexc = await storyOf(mexc)
})

afterEach(closeScenes)

function ordersOf({ messages }: Story): readonly OrderData[] {
  return messages.flatMap((message) => (message.type === MessageType.Order ? [message.data] : []))
}

function executionsOf({ messages }: Story): readonly ExecutionData[] {
  return messages.flatMap((message) => (message.type === MessageType.Trade ? [message.data] : []))
}

function balancesOf({ messages }: Story): readonly BalanceData[] {
  return messages.flatMap((message) => (message.type === MessageType.Balance ? message.data : []))
}

/** What only one exchange sends, as `channel.field`, and what the other has in its place. */
const notSent: Readonly<Record<string, { readonly exchange: 'Gate.io' | 'MEXC'; readonly instead: unknown }>> = {
  'executions.quoteSize': { exchange: 'Gate.io', instead: null },
  'orders.timeInForce of market orders': { exchange: 'MEXC', instead: null },
}

/** Where both say something of their own: each has its words, and Gate.io's times of fills are finer. */
const ownWords = ['balances.reason', 'executions.time']

function fieldName({ channel }: AccountMessage, field: string, row: { readonly type?: unknown }): string {
  const isMarketTerm = field === 'timeInForce' && row.type === 'market'
  return `${channel}.${field}${isMarketTerm ? ' of market orders' : ''}`
}

function rowsOf({ data }: AccountMessage): readonly Readonly<Record<string, unknown>>[] {
  return [data].flat() as unknown as readonly Readonly<Record<string, unknown>>[]
}

describe('the story of an account', () => {
  it('is the same on both exchanges', () => {
    expect(onGateio.happened).toEqual(onMexc.happened)
  })

  it('is told in the same messages, but for orders that wait for a trigger price, which Gate.io tells elsewhere', () => {
    const heads = ({ messages }: Story): unknown[] =>
      messages.map(({ type, channel, symbol }) => [type, channel, symbol])
    const waiting = (message: AccountMessage): boolean =>
      message.type === MessageType.Order && message.data.type === 'stop'
    const common = onMexc.messages.filter((message) => !waiting(message))
    expect(heads({ ...onMexc, messages: common })).toEqual(heads(onGateio))
    expect(onMexc.messages.filter(waiting)).toMatchObject(
      onMexc.happened.filter(isWaiting).map(({ id, status, side, price, triggerPrice, size }) => ({
        data: { id, status, side, price, triggerPrice, size },
      })),
    )
    expect(onMexc.messages.length - onGateio.messages.length).toBe(1)
  })

  it('has the same value in every field, but for what one of them does not send, which is null there', () => {
    const common = onMexc.messages.filter(({ type, data }) => type !== MessageType.Order || data.type !== 'stop')
    const differing = new Set<string>()
    for (const [index, message] of onGateio.messages.entries()) {
      const others = rowsOf(common[index] as AccountMessage)
      for (const [place, row] of rowsOf(message).entries()) {
        const other = others[place] ?? {}
        expect(Object.keys(row)).toEqual(Object.keys(other))
        for (const [field, value] of Object.entries(row)) {
          if (value === other[field]) continue
          const name = fieldName(message, field, row)
          differing.add(name)
          const { exchange, instead } = notSent[name] ?? {}
          if (exchange !== undefined) expect(exchange === 'MEXC' ? other[field] : value, name).toBe(instead)
        }
      }
    }
    expect([...differing].sort()).toEqual([...Object.keys(notSent), ...ownWords].sort())
  })

  it('is told to the last digit as it was', () => {
    for (const { happened, messages } of [onGateio, onMexc]) {
      const balances = happened.filter((event) => event.kind === 'balance')
      expect(balancesOf({ happened, messages })).toMatchObject(
        balances.map(({ asset, free, locked, total, change, freeChange, time }) => ({
          asset,
          free,
          locked,
          total,
          change,
          freeChange,
          time,
        })),
      )
      const fills = happened.filter((event) => event.kind === 'fill')
      expect(executionsOf({ happened, messages })).toMatchObject(
        fills.map(({ id, orderId, side, price, size, fee, feeAsset, liquidity }) => ({
          id,
          orderId,
          side,
          price,
          size,
          fee,
          feeAsset,
          liquidity,
        })),
      )
    }
  })

  it('names each end of an order by one status', () => {
    const lives = new Map<string, string[]>()
    for (const { id, type, timeInForce, status } of ordersOf(onGateio)) {
      const known = lives.get(id) ?? [`${type} ${timeInForce}:`]
      lives.set(id, [...known, String(status)])
    }
    expect([...lives.values()].map((life) => life.join(' '))).toMatchInlineSnapshot(`
      [
        "limit gtc: open partially_filled filled",
        "market ioc: open filled",
        "market ioc: open filled",
        "limit ioc: open cancelled",
        "limit fok: open cancelled",
        "limit post_only: open cancelled",
        "limit gtc: open partially_filled partially_cancelled",
        "limit gtc: open cancelled",
        "limit gtc: open filled",
      ]
    `)
  })

  it('has no price of a market order, and the size of a market buy once it is known', () => {
    for (const story of [onGateio, onMexc]) {
      const market = ordersOf(story).filter(({ type }) => type === 'market')
      for (const { price } of market) expect(price).toBeNull()
      expect(market.map(({ side, status, size, remainingSize }) => [side, status, size, remainingSize])).toEqual([
        ['buy', 'open', null, null],
        ['buy', 'filled', market[1]?.filledSize, '0'],
        ['sell', 'open', '0.1', '0.1'],
        ['sell', 'filled', '0.1', '0'],
      ])
    }
  })

  it('has 0 as the change of a balance where an order locks or frees it, and says what became of the free part', () => {
    for (const story of [onGateio, onMexc]) {
      const moved = balancesOf(story).filter(({ reason }) => /create|place|update|cancel/.test(reason ?? ''))
      expect(moved.length).toBeGreaterThan(10)
      for (const { change, freeChange } of moved) expect([change, freeChange === '0']).toEqual(['0', false])
      const [deposit] = balancesOf(story)
      expect(deposit).toMatchObject({ asset: 'USDT', change: '5000.5', freeChange: '5000.5', reason: 'deposit' })
    }
  })
})
