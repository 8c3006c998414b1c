import type { EmulatedVenue } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio } from '../src/scene/exchanges.js'
import { expectedOf, toldBy } from '../src/scene/expected-account.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { connectTimeoutMs } from '../src/scene/observed-clock.js'
import { closeScenes, type RecordedFeed, Scene } from '../src/scene/scene.js'

const minute = 60_000
const privateChannels = ['orders', 'executions', 'balances'] as const

afterEach(closeScenes)

/** An account feed that has been up for half a minute and was told of an execution, with the account at rest. */
async function open<Emulation extends EmulatedVenue>(
  scene: Scene<Emulation>,
  options: Parameters<Scene['privateFeed']>[0] = {},
): Promise<RecordedFeed> {
  const recorded = await scene.privateFeed(options)
  scene.venue.account.stop()
  await execute(scene)
  await pass(scene, minute / 2)
  return recorded
}

/** Lets the account live until it has had an execution. */
async function execute({ venue }: Scene): Promise<void> {
  while (!venue.account.step().some(({ kind }) => kind === 'fill'));
  await new Promise((resolve) => setImmediate(resolve))
}

/** How long a look at an account, and a connection, may take, ms: unlike any other delay. */
const awaited: readonly number[] = [4_000, connectTimeoutMs]

/** Lets time pass, in steps before each of which looks and connections under way come to their end; pongs have many steps to come in. */
async function pass({ clock, until }: Scene, durationMs: number): Promise<void> {
  for (let left = durationMs; left > 0; left -= 500) {
    clock.advance(Math.min(500, left))
    await new Promise((resolve) => setImmediate(resolve))
    await until(() => !clock.delays.some((delayMs) => awaited.includes(delayMs)))
  }
}

/** Lets time pass until the connection is lost, each answer at its time, and says how long that took, ms. */
async function timeUntilLost(scene: Scene, record: FeedRecord): Promise<number> {
  const { clock } = scene
  const begunAt = clock.now()
  while (record.logged('connection-lost').length === 0 && clock.now() - begunAt < minute) await pass(scene, 500)
  return clock.now() - begunAt
}

const lossOf = (record: FeedRecord) => record.connections.find(({ state }) => state === 'reconnecting')

describe('the account streams of Gate.io that fall silent in an open socket', () => {
  it('are noticed in under 15 s of an execution that they do not tell, told as a loss, and live again', async () => {
    const scene = await Scene.open(gateio)
    const { feed, record } = await open(scene)
    scene.venue.control.muteAccount()
    await execute(scene)
    expect(await timeUntilLost(scene, record)).toBeLessThan(15_000)
    expect(lossOf(record)?.error).toMatchObject({
      code: 'ERR_ACCOUNT_SILENT',
      shortMessage: 'The account has executions that its streams did not tell.',
    })
    const gapped = record.streams.filter(({ status }) => status === 'gapped')
    expect(gapped.map(({ reason }) => reason)).toEqual(
      privateChannels.map(() => 'connection lost (ERR_ACCOUNT_SILENT)'),
    )
    await scene.idle(scene.until(() => record.logged('recovered').length === 1))
    scene.venue.account.stop()
    const told = record.messages.length
    const happened = Array.from({ length: 20 }, () => scene.venue.account.step()).flat()
    await scene.until(() => record.messages.length >= told + happened.length)
    expect(record.messages.slice(told).map(toldBy)).toEqual(happened.map((event) => expectedOf('gateio_spot', event)))
    expect(record.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    await feed.close()
    expect([scene.clock.delays, scene.seen.openSessions]).toEqual([[], []])
  })

  it('are not doubted while the account rests, or tells what happens, over ten minutes', async () => {
    const scene = await Scene.open(gateio)
    const { record } = await open(scene)
    await pass(scene, 5 * minute)
    for (let count = 0; count < 60; count += 1) {
      await execute(scene)
      await pass(scene, 5_000)
    }
    expect(record.states).toEqual(['connecting', 'connected'])
    expect(record.errors).toEqual([])
    expect(scene.seen.requests.filter(({ url }) => url.pathname.endsWith('/my_trades')).length).toBeLessThan(100)
  })

  it('are not doubted for executions of markets that they are not asked for', async () => {
    const scene = await Scene.open(gateio)
    const { record } = await open(scene, { symbols: ['ETH/USDT'], channels: ['orders', 'executions'] })
    for (let count = 0; count < 10; count += 1) {
      await execute(scene)
      await pass(scene, 5_000)
    }
    expect(record.states).toEqual(['connecting', 'connected'])
  })

  it.each(['firewall', 'rate-limit', 'refusal'])(
    'are not doubted for a REST API that answers with a %s',
    async (how) => {
      const scene = await Scene.open(gateio)
      const { record } = await open(scene)
      if (how === 'firewall' || how === 'rate-limit') scene.venue.control.blockRest(how)
      else
        scene.seen.intercept = ({ url }) => (url.pathname.endsWith('/my_trades') ? { status: 200, body: '{}' } : null)
      await execute(scene)
      await pass(scene, 5 * minute)
      expect(record.states).toEqual(['connecting', 'connected'])
      expect(record.logged('account-not-looked-at').length).toBeGreaterThan(3)
      expect(record.errors).toHaveLength(1)
    },
  )

  it('are replaced once, and no more, where REST lists executions that no stream ever tells', async () => {
    const scene = await Scene.open(gateio)
    const { record } = await open(scene)
    const ghosts: object[] = []
    scene.seen.intercept = ({ url }) =>
      url.pathname.endsWith('/my_trades') ? { status: 200, body: JSON.stringify(ghosts) } : null
    for (let round = 1; round <= 6; round += 1) {
      await pass(scene, minute / 2)
      ghosts.push({ id: `9000000${round}`, currency_pair: 'BTC_USDT' })
    }
    expect(record.logged('connection-lost')).toHaveLength(1)
    expect(record.states.at(-1)).toBe('connected')
  })

  it('are not looked at where the user says so', async () => {
    const scene = await Scene.open(gateio)
    const { record } = await open(scene, { options: { accountCheckIntervalMs: 0 } })
    scene.venue.control.muteAccount()
    await execute(scene)
    await pass(scene, 5 * minute)
    expect(record.states).toEqual(['connecting', 'connected'])
    expect(scene.seen.requests.map(({ url }) => url.pathname)).not.toContain('/api/v4/spot/my_trades')
  })
})

describe.each(exchanges)('an API key of $title that is deleted while its account is connected', (exchange) => {
  it('is noticed in under 15 s, and ends the feed with the exchange’s own refusal', async () => {
    const scene = await Scene.open(exchange)
    const { record } = await open(scene)
    scene.venue.control.revokeApiKey()
    expect(await timeUntilLost(scene, record)).toBeLessThan(15_000)
    expect(lossOf(record)?.error).toMatchObject({ code: 'ERR_AUTHENTICATION_FAILED' })
    await scene.idle(scene.until(() => record.states.at(-1) === 'error'))
    expect(record.errors.at(-1)).toMatchObject({
      code: 'ERR_RECONNECT_EXHAUSTED',
      context: { 'Last error': 'ERR_AUTHENTICATION_FAILED' },
    })
    await scene.until(() => scene.seen.openSessions.length === 0)
  })

  it('and made good again at once costs one connection, and no end', async () => {
    const scene = await Scene.open(exchange)
    const { feed, record } = await open(scene)
    scene.venue.control.revokeApiKey()
    await timeUntilLost(scene, record)
    scene.venue.control.refuseSigned(null)
    await scene.idle(scene.until(() => record.logged('recovered').length === 1))
    expect(feed.manager.isConnected()).toBe(true)
  })
})
