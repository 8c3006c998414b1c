import { WebSocketManager, WebSocketStrategySet } from '@tapewire/core'
import { mexcSpot } from '@tapewire/exchange-mexc'
import type { AccountEvent, VenueResponse } from '@tapewire/testkit'
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

/** Lets time pass until the connection is lost, each answer at its time, and says how long that took, ms. */
async function timeUntilLost(scene: MexcScene, record: FeedRecord): Promise<number> {
  const begunAt = scene.clock.now()
  while (record.logged('connection-lost').length === 0 && scene.clock.now() - begunAt < minute)
    await scene.clock.pass(500)
  return scene.clock.now() - begunAt
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

  it('that ends in silence is noticed in under 15 s, told as a loss, and replaced with a fresh one: everything from then on is told once', async () => {
    const { scene, feed, record } = await open()
    let steps = 0
    await expectComplete(scene, record, () => steps++ === 5)
    await pass(scene, minute / 2)
    const listenKey = scene.venue.control.listenKeys[0]
    scene.venue.control.expireListenKeys()
    expect(await timeUntilLost(scene, record)).toBeLessThan(15_000)
    const reason = { code: 'ERR_LISTEN_KEY_ENDED', shortMessage: 'The listen key is not valid any more.' }
    const lost = record.connections.find(({ state }) => state === 'reconnecting')
    expect(lost).toMatchObject({ error: reason, delayMs: 0 })
    const gapped = record.streams.filter(({ status }) => status === 'gapped')
    expect(gapped.map(({ reason: why }) => why)).toEqual(
      privateChannels.map(() => 'connection lost (ERR_LISTEN_KEY_ENDED)'),
    )
    await scene.until(() => record.logged('recovered').length === 1)
    scene.venue.account.stop()
    await expectComplete(scene, record, () => steps++ === 10)
    expect(record.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    expect(feed.manager.streamStates().map(({ status }) => status)).toEqual(['live', 'live', 'live'])
    expect(scene.venue.control.listenKeys).not.toContain(listenKey)
    await feed.close()
    expect([timesOf(scene, 'DELETE').length, scene.venue.control.listenKeys, scene.clock.delays]).toEqual([1, [], []])
  })

  it('that another program gives back closes its connection, which is replaced at once', async () => {
    const { scene, record } = await open()
    scene.venue.account.step()
    await scene.until(() => record.messages.length > 0)
    scene.venue.control.revokeListenKeys()
    await scene.until(() => record.logged('recovered').length === 1)
    expect(record.connections.find(({ state }) => state === 'reconnecting')).toMatchObject({ delayMs: 0 })
    expect(timesOf(scene, 'POST')).toHaveLength(2)
  })

  it('that ends while REST answers renewals as if it lived is noticed all the same', async () => {
    const { scene, record } = await open()
    scene.venue.control.renewEndedListenKeys()
    await pass(scene, 2 * minute)
    expect(timesOf(scene, 'PUT')).toHaveLength(1)
    scene.venue.control.expireListenKeys()
    expect(await timeUntilLost(scene, record)).toBeLessThan(15_000)
    await scene.until(() => record.logged('recovered').length === 1)
  })

  it.each(['garbage', 'firewall', 'rate-limit', 'refusal'])(
    'that lives stays with its connection while MEXC answers who asks for it with a %s',
    async (how) => {
      const { scene, record } = await open()
      await pass(scene, minute / 2)
      const { control } = scene.venue
      if (how === 'garbage') control.spoilListenKeyLists('garbage')
      if (how === 'firewall' || how === 'rate-limit') control.blockRest(how)
      if (how === 'refusal') control.refuseSigned('33333')
      await pass(scene, 5 * minute)
      expect(record.states).toEqual(['connecting', 'connected'])
      expect(record.logged('account-not-looked-at').length).toBeGreaterThan(3)
      let steps = 0
      await expectComplete(scene, record, () => steps++ === 5)
    },
  )

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

  it('that can be neither renewed nor looked at nor replaced for more than its lifetime is replaced as soon as it can be', async () => {
    const { scene, record } = await open()
    scene.venue.control.blockRest('firewall')
    await pass(scene, 62 * minute)
    expect(scene.seen.sessions).toHaveLength(1)
    expect(record.errors.map(({ code }) => code)).toContain('ERR_RATE_LIMITED')
    scene.venue.control.blockRest(null)
    await pass(scene, 2 * minute)
    await scene.until(() => scene.seen.sessions.length === 2 && scene.seen.openSessions.length === 1)
    scene.venue.account.stop()
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

  const troubles: readonly (readonly [string, VenueResponse])[] = [
    ['firewall', { status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Access Denied</html>' }],
    ['full queue', { status: 429, body: '{"code":429,"msg":"Too Many Requests"}' }],
    ['server error', { status: 500, body: '{"code":500,"msg":"Internal error"}' }],
    ['gateway that is down', { status: 502, body: 'Bad Gateway' }],
    ['answer without a key', { status: 200, body: '{"code":0,"msg":"success"}' }],
  ]

  it.each(troubles)(
    'that cannot be had after a cut because of a %s is an outage like another',
    async (_why, answer) => {
      const { scene, record } = await open()
      scene.seen.intercept = ({ method }) => (method === 'POST' ? answer : null)
      scene.server.faults.terminateAll()
      await scene.idle(scene.until(() => record.states.at(-1) === 'error'))
      expect(record.connections.at(-1)).toMatchObject({ breaker: 'open', error: { code: 'ERR_CIRCUIT_OPEN' } })
      scene.seen.intercept = () => null
      scene.clock.advance((record.connections.at(-1)?.nextAttemptAt ?? 0) - scene.clock.now())
      await scene.until(() => record.logged('recovered').length === 1)
    },
  )

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
