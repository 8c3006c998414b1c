import type { DataMessage, Instrument, WebSocketStrategySet } from '@tapewire/core'
import { type BackfillChannel, type BackfillPage, type BackfillRules, createEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import {
  type AccountEvent,
  type FillEvent,
  type OrderEvent,
  startReplayServer,
  startVenueServer,
  type VenueServer,
} from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { btcUsdt, ethUsdt } from '../../test/support/frames.js'
import { gateioSpot } from '../index.js'
import { gateioSpotEmulation } from '../testing/index.js'
import { type GateioSpotVenue, gateioSpotVenue } from '../testing/venue.js'

const { credentials } = gateioSpotEmulation
const open: { close(): Promise<unknown> }[] = []

afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

interface Scene {
  readonly clock: ManualClock
  readonly server: VenueServer
  readonly venue: GateioSpotVenue
}

async function openScene(): Promise<Scene> {
  const clock = new ManualClock()
  let venue: GateioSpotVenue | undefined
  const server = await startVenueServer({
    venue: (context) => {
      venue = gateioSpotVenue(context)
      return venue
    },
    pairs: [btcUsdt, ethUsdt],
    clock,
  })
  open.push(server)
  return { clock, server, venue: venue as GateioSpotVenue }
}

interface Asked {
  readonly channel: BackfillChannel
  readonly instrument: Instrument | null
  readonly from: number
}

/** Every page of what is asked for. */
async function fetchAll(
  strategies: WebSocketStrategySet,
  clock: ManualClock,
  { channel, instrument, from }: Asked,
): Promise<{ readonly messages: readonly DataMessage[]; readonly pages: readonly BackfillPage[] }> {
  const rules = strategies.backfill as BackfillRules
  const instruments = instrument === null ? [] : [instrument]
  const [stream] = strategies.subscriptionStrategy.plan({ channel, instruments, candleIntervals: null })
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

describe('trades that were missed, from Gate.io', () => {
  it('are those of the market since a time, page by page, with the ids of the stream', async () => {
    const { clock, server } = await openScene()
    const { market } = server
    const first = market.lastTrade(btcUsdt).id
    while (market.lastTrade(btcUsdt).id < first + 1_200) {
      market.step(btcUsdt)
      clock.advance(10)
    }
    const strategies = gateioSpot.public({ restUrl: server.restUrl })
    const kept = market.recentTrades(btcUsdt)
    const whole = await fetchAll(strategies, clock, { channel: 'trades', instrument: btcUsdt, from: 0 })
    expect(whole.pages.map(({ messages, next }) => [messages.length, next])).toEqual([
      [1_000, '2'],
      [0, null],
    ])
    const since = kept[500]?.time ?? 0
    const { messages } = await fetchAll(strategies, clock, { channel: 'trades', instrument: btcUsdt, from: since })
    const expected = kept.filter(({ time }) => time >= Math.floor(since / 1_000) * 1_000).toReversed()
    expect(messages).toMatchObject(
      expected.map(({ id, price, size, side, time }) => ({
        channel: 'trades',
        symbol: btcUsdt,
        exchangeTime: time,
        sequence: id,
        data: [{ id: String(id), price: Number(price), size: Number(size), side, time }],
      })),
    )
  })

  it.each([
    ['is no list', {}],
    ['has a trade without an id', [{ create_time_ms: '1767225600000.0', side: 'buy', amount: '1', price: '1' }]],
    ['has a trade without a price', [{ id: '1', create_time_ms: '1767225600000.0', side: 'buy', amount: '1' }]],
    ['has a trade of no side', [{ id: '1', create_time_ms: '1767225600000.0', side: 'both', amount: '1', price: '1' }]],
    ['has a trade of no time', [{ id: '1', side: 'buy', amount: '1', price: '1' }]],
    ['holds null', [null]],
  ])('are refused where the answer %s', async (_what, body) => {
    const url = 'https://api.gateio.ws/spot/trades?currency_pair=BTC_USDT&from=0&limit=1000&page=1'
    const server = await startReplayServer({ frames: [], rest: [{ url, status: 200, body: JSON.stringify(body) }] })
    open.push(server)
    const fetched = fetchAll(gateioSpot.public({ restUrl: server.restUrl }), new ManualClock(), {
      channel: 'trades',
      instrument: btcUsdt,
      from: 0,
    })
    await expect(fetched).rejects.toMatchObject({ code: 'ERR_REST_FAILED' })
  })
})

describe('what an account missed, from Gate.io', () => {
  async function openAccount(steps = 400) {
    const scene = await openScene()
    const fills: FillEvent[] = []
    const orders = new Map<string, OrderEvent>()
    scene.venue.account.listen((event: AccountEvent) => {
      if (event.kind === 'fill') fills.push(event)
      if (event.kind === 'order') orders.set(event.id, event)
    })
    for (let step = 0; step < steps; step += 1) {
      scene.clock.advance(100)
      scene.venue.account.step()
    }
    const { restUrl } = scene.server
    return { ...scene, fills, orders, strategies: gateioSpot.private(credentials, { restUrl }) }
  }

  const idsOf = (messages: readonly DataMessage[]): readonly string[] =>
    messages.map(({ data }) => (data as unknown as { readonly id: string }).id)

  it('are all executions of all markets, with the ids, amounts and fees of the stream', async () => {
    const { clock, strategies, fills } = await openAccount()
    const { messages, pages } = await fetchAll(strategies, clock, { channel: 'executions', instrument: null, from: 0 })
    expect(messages).toMatchObject(
      fills.toReversed().map(({ pair, id, orderId, price, size, fee, feeAsset, liquidity, side }) => ({
        symbol: pair,
        data: { id, orderId, price, size, fee, feeAsset, liquidity, side },
      })),
    )
    // From the beginning of time: further back than Gate.io gives.
    expect(pages.map(({ reachesBack }) => reachesBack)).toEqual([false])
  })

  it('are those of one market where that was asked for alone', async () => {
    const { clock, strategies, fills, orders } = await openAccount()
    const from = clock.wallTime() - 86_400_000
    const executions = await fetchAll(strategies, clock, { channel: 'executions', instrument: btcUsdt, from })
    const own = fills.filter(({ pair }) => pair === btcUsdt)
    expect(idsOf(executions.messages)).toEqual(own.map(({ id }) => id).toReversed())
    expect(executions.pages.map(({ reachesBack }) => reachesBack)).toEqual([true])
    const states = await fetchAll(strategies, clock, { channel: 'orders', instrument: btcUsdt, from })
    const ofMarket = [...orders.values()].filter(({ pair }) => pair === btcUsdt)
    expect([...idsOf(states.messages)].sort()).toEqual(ofMarket.map(({ id }) => id).sort())
  })

  it('are the orders that are open, and those that ended since, as the stream would tell them', async () => {
    const { clock, strategies, orders } = await openAccount()
    const from = clock.wallTime() - 10_000
    const { messages } = await fetchAll(strategies, clock, { channel: 'orders', instrument: null, from })
    const expected = [...orders.values()].filter(
      ({ status, updatedAt }) => status === 'open' || status === 'partially_filled' || updatedAt >= from,
    )
    const told = new Map(messages.map((message) => [(message.data as { readonly id: string }).id, message]))
    expect([...told.keys()].sort()).toEqual(expected.map(({ id }) => id).sort())
    for (const { id, pair, status, filledSize, remainingSize, price, createdAt, updatedAt } of expected) {
      expect(told.get(id)).toMatchObject({
        symbol: pair,
        data: { status, filledSize, remainingSize, price, createdAt, updatedAt },
      })
    }
  })

  it('is signed anew where the machine’s clock was wrong', async () => {
    const { server, fills } = await openAccount(20)
    const machine = new ManualClock()
    machine.skew(-600_000)
    const strategies = gateioSpot.private(credentials, { restUrl: server.restUrl })
    const { messages } = await fetchAll(strategies, machine, { channel: 'executions', instrument: null, from: 0 })
    expect(messages).toHaveLength(fills.length)
  })

  it.each([
    ['throws', () => Promise.reject(new Error('the vault is sealed'))],
    ['signs with something else', () => 'signed'],
  ])('is not asked for where the signing function %s', async (_what, sign) => {
    const { clock, server } = await openAccount(1)
    const strategies = gateioSpot.private({ apiKey: credentials.apiKey, sign }, { restUrl: server.restUrl })
    const fetched = fetchAll(strategies, clock, { channel: 'executions', instrument: null, from: 0 })
    await expect(fetched).rejects.toMatchObject({ code: 'ERR_SIGNING_FAILED' })
  })

  it.each([
    ['my_trades?limit=1000&page=1', 'executions', {}],
    ['my_trades?limit=1000&page=1', 'executions', [{ id: 1, currency_pair: 'BTC_USDT' }]],
    ['open_orders?limit=100&page=1', 'orders', [{ currency_pair: 'BTC_USDT' }]],
    ['open_orders?limit=100&page=1', 'orders', [{ orders: [{ id: null }] }]],
  ] as const)('is refused where %s gives %s that cannot be read: %j', async (query, channel, body) => {
    const url = `https://api.gateio.ws/spot/${query}`
    const server = await startReplayServer({ frames: [], rest: [{ url, status: 200, body: JSON.stringify(body) }] })
    open.push(server)
    const strategies = gateioSpot.private(credentials, { restUrl: server.restUrl })
    const fetched = fetchAll(strategies, new ManualClock(), { channel, instrument: null, from: 0 })
    await expect(fetched).rejects.toMatchObject({ code: 'ERR_REST_FAILED' })
  })
})
