import type { DataMessage, Instrument, WebSocketStrategySet } from '@tapewire/core'
import { type BackfillChannel, type BackfillPage, type BackfillRules, createEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import {
  type AccountEvent,
  type FillEvent,
  type OrderEvent,
  type ReplayServer,
  startReplayServer,
} from '@tapewire/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { demoCredentials } from '../src/testing/authorize.js'
import { btc, eth, type MexcServer, startMexcServer } from './support/mexc-server.js'

let venue: MexcServer
let replay: ReplayServer | undefined

beforeEach(async () => {
  venue = await startMexcServer()
})

afterEach(async () => {
  await venue.server.close()
  await replay?.close()
  replay = undefined
})

interface Asked {
  readonly channel: BackfillChannel
  readonly instrument: Instrument
  readonly from: number
}

/** Every page of what is asked for. */
async function fetchAll(
  strategies: WebSocketStrategySet,
  { channel, instrument, from }: Asked,
  clock: ManualClock = venue.clock,
): Promise<{ readonly messages: readonly DataMessage[]; readonly pages: readonly BackfillPage[] }> {
  const rules = strategies.backfill as BackfillRules
  const [stream] = strategies.subscriptionStrategy.plan({ channel, instruments: [instrument], candleIntervals: null })
  if (stream === undefined) throw new Error('Nothing was planned.')
  const request = { stream, channel, instrument, from, to: clock.wallTime() + 60_000 }
  const pages: BackfillPage[] = []
  for (let cursor: string | null = null, page = 0; page === 0 || cursor !== null; page += 1) {
    const answer: BackfillPage = await rules.fetchPage(request, cursor, createEnv({ clock }))
    pages.push(answer)
    cursor = answer.next
  }
  return { messages: pages.flatMap(({ messages }) => messages), pages }
}

const dataOf = (messages: readonly DataMessage[]): Readonly<Record<string, unknown>>[] =>
  messages.map(({ data }) => data as unknown as Readonly<Record<string, unknown>>)

describe('trades that were missed, from MEXC', () => {
  it('are those of the market since a time, each once, though an answer gives a thousand at most', async () => {
    const { market } = venue.server
    const first = market.lastTrade(btc).id
    while (market.lastTrade(btc).id < first + 1_200) {
      market.step(btc)
      venue.clock.advance(10)
    }
    const strategies = mexcSpot.public({ restUrl: venue.server.restUrl })
    const kept = market.recentTrades(btc)
    const from = kept[0]?.time ?? 0
    const { messages, pages } = await fetchAll(strategies, { channel: 'trades', instrument: btc, from })
    const byTime = (one: { time: unknown }, other: { time: unknown }): number => Number(one.time) - Number(other.time)
    const told = dataOf(messages).map(
      (trades) => (trades as unknown as readonly { time: number }[])[0] as { time: number },
    )
    const expected = kept.map(({ price, size, side, time }) => ({
      id: null,
      price: Number(price),
      size: Number(size),
      side,
      time,
    }))
    const keyed = (trades: readonly { time: unknown }[]): string[] =>
      trades.map((trade) => JSON.stringify(trade)).sort()
    expect(keyed([...told].sort(byTime))).toEqual(keyed(expected))
    expect(pages.length).toBeGreaterThan(2)
    expect(pages.every(({ reachesBack }) => reachesBack)).toBe(true)
    expect(messages[0]).toMatchObject({ channel: 'trades', symbol: btc, sequence: null })
  })

  it.each([
    ['is no list', {}],
    ['has a trade without a price', [{ q: '1', T: 1, m: true }]],
    ['has a trade without a time', [{ p: '1', q: '1', m: true }]],
    ['has a trade of no side', [{ p: '1', q: '1', T: 1 }]],
    ['holds null', [null]],
  ])('are refused where the answer %s', async (_what, body) => {
    const clock = new ManualClock(1_000_000)
    const url = 'https://api.mexc.com/api/v3/aggTrades?symbol=BTCUSDT&startTime=0&endTime=1060000&limit=1000'
    replay = await startReplayServer({ frames: [], rest: [{ url, status: 200, body: JSON.stringify(body) }] })
    const strategies = mexcSpot.public({ restUrl: replay.restUrl })
    const fetched = fetchAll(strategies, { channel: 'trades', instrument: btc, from: 0 }, clock)
    await expect(fetched).rejects.toMatchObject({ code: 'ERR_REST_FAILED' })
  })
})

describe('what an account missed, from MEXC', () => {
  function live(steps: number): {
    readonly fills: readonly FillEvent[]
    readonly orders: ReadonlyMap<string, OrderEvent>
  } {
    const fills: FillEvent[] = []
    const orders = new Map<string, OrderEvent>()
    venue.account.listen((event: AccountEvent) => {
      if (event.kind === 'fill') fills.push(event)
      if (event.kind === 'order') orders.set(event.id, event)
    })
    for (let step = 0; step < steps; step += 1) {
      venue.clock.advance(100)
      venue.account.step()
    }
    return { fills, orders }
  }

  const strategiesOf = (restUrl: string): WebSocketStrategySet => mexcSpot.private(demoCredentials, { restUrl })

  it('are the executions of a market, each once, though an answer gives a hundred at most', async () => {
    const { fills } = live(800)
    const own = fills.filter(({ pair }) => pair === btc)
    expect(own.length).toBeGreaterThan(100)
    const from = own[0]?.time ?? 0
    const strategies = strategiesOf(venue.server.restUrl)
    const { messages, pages } = await fetchAll(strategies, { channel: 'executions', instrument: btc, from })
    const byId = new Map(dataOf(messages).map((data) => [data.id, data]))
    expect(messages).toHaveLength(own.length)
    for (const { kind: _, pair: __, ...fill } of own) expect(byId.get(fill.id)).toEqual(fill)
    expect(pages.every(({ reachesBack }) => reachesBack)).toBe(true)
  })

  it('are said not to reach back where that is longer ago than a month', async () => {
    const from = venue.clock.wallTime() - 31 * 86_400_000
    const strategies = strategiesOf(venue.server.restUrl)
    const { pages } = await fetchAll(strategies, { channel: 'executions', instrument: eth, from })
    expect(pages).toEqual([{ messages: [], next: null, reachesBack: false }])
  })

  it('are the orders of a market, as the stream would tell them but for the average price', async () => {
    const { orders } = live(400)
    const from = venue.clock.wallTime() - 1_000
    const strategies = strategiesOf(venue.server.restUrl)
    const { messages } = await fetchAll(strategies, { channel: 'orders', instrument: btc, from })
    const own = [...orders.values()].filter(({ pair }) => pair === btc)
    const byId = new Map(dataOf(messages).map((data) => [data.id, data]))
    expect(messages).toHaveLength(own.length)
    for (const { id, status, clientId, side, type, timeInForce, price, size, filledSize, remainingSize } of own) {
      const expected = { status, clientId, side, type, timeInForce, price, size, filledSize, remainingSize }
      expect(byId.get(id)).toMatchObject({ ...expected, averagePrice: null })
    }
    expect(new Set(own.map(({ status }) => status)).size).toBe(5)
  })

  it('are market orders with the size they were asked for, or bought for what they were to spend', async () => {
    const { account } = venue
    account.place({ pair: btc, side: 'buy', type: 'market', quoteSize: '1000' })
    account.place({ pair: btc, side: 'sell', type: 'market', size: '0.01' })
    // What has happened before anybody asked is told all the same.
    const strategies = strategiesOf(venue.server.restUrl)
    const from = venue.clock.wallTime() - 1_000
    const { messages } = await fetchAll(strategies, { channel: 'orders', instrument: btc, from })
    const [sold, bought] = dataOf(messages)
    expect(sold).toMatchObject({ side: 'sell', type: 'market', price: null, size: '0.01', status: 'filled' })
    expect(bought).toMatchObject({ side: 'buy', type: 'market', price: null, status: 'filled', remainingSize: '0' })
    expect(bought?.size).toBe(bought?.filledSize)
  })

  it.each([
    ['myTrades', 'executions', 100, {}],
    ['myTrades', 'executions', 100, [{ id: '1' }]],
    ['allOrders', 'orders', 1_000, [{ status: 'NEW' }]],
    ['allOrders', 'orders', 1_000, [null]],
  ] as const)(
    'is refused where %s gives %s, %i at most, that cannot be read: %j',
    async (endpoint, channel, limit, body) => {
      const clock = new ManualClock(7 * 86_400_000)
      const span = `startTime=0&endTime=${7 * 86_400_000 + 60_000}`
      const url = `https://api.mexc.com/api/v3/${endpoint}?symbol=BTCUSDT&${span}&limit=${limit}`
      replay = await startReplayServer({ frames: [], rest: [{ url, status: 200, body: JSON.stringify(body) }] })
      const fetched = fetchAll(strategiesOf(replay.restUrl), { channel, instrument: btc, from: 0 }, clock)
      await expect(fetched).rejects.toMatchObject({ code: 'ERR_REST_FAILED' })
    },
  )
})
