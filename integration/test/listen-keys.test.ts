import { WebSocketManager, WebSocketStrategySet } from '@tapewire/core'
import { mexcSpot } from '@tapewire/exchange-mexc'
import type { AccountEvent } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { mexc } from '../src/scene/exchanges.js'
import { expectedOf, toldBy } from '../src/scene/expected-account.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { closeScenes, type RecordedFeed, Scene } from '../src/scene/scene.js'

const minute = 60_000
const privateChannels = ['orders', 'executions', 'balances'] as const

type MexcScene = Scene<ReturnType<typeof mexc.createVenue>>

afterEach(closeScenes)

/** A venue and an account feed, with the account at rest. */
async function open(): Promise<RecordedFeed & { readonly scene: MexcScene }> {
  const scene = await Scene.open(mexc)
  const recorded = await scene.privateFeed()
  scene.venue.account.stop()
  return { scene, ...recorded }
}

/** Times of the requests with this method, ms after the scene began. */
function timesOf({ seen }: MexcScene, method: string): number[] {
  const start = seen.requests[0]?.at ?? 0
  return seen.requests.filter((request) => request.method === method).map(({ at }) => at - start)
}

/** Lets time pass; each renewal is answered before it goes on. */
function pass({ clock }: MexcScene, durationMs: number): Promise<void> {
  return clock.pass(durationMs, () => clock.delays.some((delayMs) => delayMs === minute || delayMs === 30 * minute))
}

/** Lets the account live until the condition holds; resolves once everything that happened has been told, and returns it. */
async function liveUntil(scene: MexcScene, record: FeedRecord, isDone: () => boolean): Promise<AccountEvent[]> {
  const told = record.messages.length
  const happened: AccountEvent[] = []
  while (!isDone()) {
    happened.push(...scene.venue.account.step())
    await new Promise((resolve) => setImmediate(resolve))
  }
  await scene.until(() => record.messages.length >= told + happened.length)
  return happened
}

/** As `liveUntil`, and everything was told once, in order. */
async function expectComplete(scene: MexcScene, record: FeedRecord, isDone: () => boolean): Promise<void> {
  const told = record.messages.length
  const happened = await liveUntil(scene, record, isDone)
  expect(record.messages.slice(told).map(toldBy)).toEqual(happened.map((event) => expectedOf('mexc_spot', event)))
}

describe('the listen key of an account feed', () => {
  it('is renewed after a minute and every 30 minutes from then on, and the connection goes on', async () => {
    const { scene, record } = await open()
    await pass(scene, 125 * minute)
    expect(timesOf(scene, 'PUT')).toEqual([1, 31, 61, 91, 121].map((minutes) => minutes * minute))
    expect(timesOf(scene, 'POST')).toHaveLength(1)
    let steps = 0
    await expectComplete(scene, record, () => steps++ === 5)
    expect(scene.seen.sessions).toHaveLength(1)
    expect(record.errors).toEqual([])
  })

  it('that the venue has forgotten is replaced with its connection, and every event before and after is told once', async () => {
    const { scene, record } = await open()
    let steps = 0
    await expectComplete(scene, record, () => steps++ === 5)
    scene.venue.control.expireListenKeys()
    await pass(scene, minute)
    await scene.until(() => scene.seen.sessions.length === 2 && scene.seen.openSessions.length === 1)
    await expectComplete(scene, record, () => steps++ === 10)
    expect(record.states).toEqual(['connecting', 'connected'])
    expect(timesOf(scene, 'POST')).toHaveLength(2)
  })

  it('whose renewal is refused for good is replaced while it still lives: nothing is lost, nothing told twice', async () => {
    const { scene, record } = await open()
    scene.seen.intercept = ({ method }) => (method === 'PUT' ? { status: 400, body: '{"code":700007,"msg":""}' } : null)
    await pass(scene, minute - 1)
    scene.clock.advance(1)
    await expectComplete(scene, record, () => scene.seen.sessions.length === 2 && scene.seen.openSessions.length === 1)
    let steps = 0
    await expectComplete(scene, record, () => steps++ === 10)
    await scene.until(() => timesOf(scene, 'DELETE').length === 1)
    const listenKey = scene.seen.openSessions[0]?.request.url.searchParams.get('listenKey')
    expect(scene.venue.control.listenKeys).toEqual([listenKey])
  })

  it('that can be neither renewed nor replaced for more than its lifetime is replaced as soon as it can be', async () => {
    const { scene, record } = await open()
    scene.venue.control.blockRest('firewall')
    await pass(scene, 62 * minute)
    expect(scene.seen.sessions).toHaveLength(1)
    expect(record.errors.map(({ code }) => code)).toContain('ERR_RATE_LIMITED')
    scene.venue.control.blockRest(null)
    await pass(scene, minute)
    await scene.until(() => scene.seen.sessions.length === 2 && scene.seen.openSessions.length === 1)
    let steps = 0
    await expectComplete(scene, record, () => steps++ === 5)
  })

  it('that the venue refuses in the middle of a session is replaced, as is one it refuses from the start', async () => {
    const { scene, record } = await open()
    let steps = 0
    await expectComplete(scene, record, () => steps++ === 3)
    scene.server.faults.rewrite((frame) => {
      scene.server.faults.rewrite(null)
      return [frame, 'Invalid listen key']
    })
    let bogus = 1
    scene.seen.intercept = ({ method }) =>
      method === 'POST' && bogus-- > 0 ? { status: 200, body: `{"listenKey":"${'0'.repeat(64)}"}` } : null
    scene.venue.account.step()
    for (const attempt of [1, 2]) {
      await scene.until(() => record.logged('reconnecting').length === attempt)
      scene.clock.advance(record.logged('reconnecting').at(-1)?.delayMs ?? 0)
    }
    await scene.until(() => record.logged('recovered').length === 1)
    await expectComplete(scene, record, () => steps++ === 8)
    expect(record.errors.map(({ code }) => code)).toContain('ERR_LISTEN_KEY_ENDED')
  })

  it('is not asked for again before the time that the exchange says', async () => {
    const { scene, record } = await open()
    const tooFast = { status: 429, body: '{"code":"429","msg":"Too many requests"}', headers: { 'retry-after': '40' } }
    scene.seen.intercept = ({ method }) => (method === 'POST' ? tooFast : null)
    scene.server.faults.terminateAll()
    await scene.until(() => record.logged('reconnecting').length === 2)
    const [atOnce, later] = record.logged('reconnecting')
    expect(atOnce).toMatchObject({ delayMs: 0 })
    expect(later?.delayMs).toBeGreaterThanOrEqual(40_000)
    scene.seen.intercept = () => null
    scene.clock.advance(later?.delayMs ?? 0)
    await scene.until(() => record.logged('recovered').length === 1)
    expect(timesOf(scene, 'POST')).toHaveLength(3)
  })

  it('is given back when the feed is closed', async () => {
    const { scene, feed } = await open()
    await feed.close()
    expect(timesOf(scene, 'DELETE')).toHaveLength(1)
    expect(scene.venue.control.listenKeys).toEqual([])
    expect(scene.clock.delays).toEqual([])
  })

  it('is given back when the feed could not be opened', async () => {
    const scene = await Scene.open(mexc)
    scene.server.faults.refuseConnections(503)
    await expect(scene.privateFeed()).rejects.toMatchObject({ code: 'ERR_HANDSHAKE_REJECTED' })
    expect(scene.venue.control.listenKeys).toEqual([])
  })
})

describe('a listen key that several connections share', () => {
  /** Managers whose connections one strategy makes, and so with the same keys. */
  async function openManagers(
    scene: MexcScene,
    count: number,
  ): Promise<{ managers: WebSocketManager[]; records: FeedRecord[] }> {
    scene.venue.control.reuseListenKeys()
    const { connectionStrategy } = mexcSpot.private(mexc.credentials, scene.endpoints)
    const records = Array.from({ length: count }, () => scene.record())
    const managers = records.map((record) => {
      const own = mexcSpot.private(mexc.credentials, scene.endpoints)
      const strategies = new WebSocketStrategySet({ ...own, connectionStrategy })
      const manager = new WebSocketManager({ strategies, clock: scene.clock, ...record.handlers })
      scene.closeLater(manager)
      return manager
    })
    return { managers, records }
  }

  it('carries five, and the sixth is refused in words while the five go on', async () => {
    const scene = await Scene.open(mexc)
    const { managers, records } = await openManagers(scene, 6)
    const request = { symbols: [], channels: privateChannels }
    for (const manager of managers.slice(0, 5)) await manager.initialize(request)
    await expect(managers[5]?.initialize(request)).rejects.toMatchObject({ code: 'ERR_CONNECTION_LIMIT' })
    expect(new Set(scene.seen.sessions.map(({ request: { url } }) => url.search)).size).toBe(1)
    expect(scene.seen.openSessions).toHaveLength(5)
    scene.venue.account.step()
    await scene.until(() => records.slice(0, 5).every(({ messages }) => messages.length > 0))
  })

  it('is kept while any of them is open, and given back with the last', async () => {
    const scene = await Scene.open(mexc)
    const { managers, records } = await openManagers(scene, 3)
    for (const manager of managers) await manager.initialize({ symbols: [], channels: privateChannels })
    await managers[0]?.close()
    await managers[1]?.close()
    expect(scene.venue.control.listenKeys).toHaveLength(1)
    scene.venue.account.step()
    await scene.until(() => (records[2]?.messages.length ?? 0) > 0)
    expect(records[2]?.states).toEqual(['connecting', 'connected'])
    await managers[2]?.close()
    expect(scene.venue.control.listenKeys).toEqual([])
  })
})

describe('the listen key of two account feeds of one key', () => {
  it('goes on for the one when the other closes, and is given back with the last', async () => {
    const scene = await Scene.open(mexc)
    scene.venue.control.reuseListenKeys()
    const [one, other] = [await scene.privateFeed(), await scene.privateFeed()]
    scene.venue.account.stop()
    expect(scene.venue.control.listenKeys).toHaveLength(1)
    await one.feed.close()
    expect(timesOf(scene, 'DELETE')).toEqual([])
    let steps = 0
    await expectComplete(scene, other.record, () => steps++ === 5)
    expect(scene.seen.sessions).toHaveLength(2)
    await other.feed.close()
    expect(timesOf(scene, 'DELETE')).toHaveLength(1)
    expect(scene.venue.control.listenKeys).toEqual([])
  })
})
