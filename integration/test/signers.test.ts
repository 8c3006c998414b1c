import { createHmac } from 'node:crypto'
import type { SigningFunction } from '@tapewire/core'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges } from '../src/scene/exchanges.js'
import type { FeedRecord } from '../src/scene/feed-record.js'
import { closeScenes, Scene } from '../src/scene/scene.js'

const minute = 60_000

afterEach(closeScenes)

/** Ways in which a signing function, or the vault behind it, can fail. */
const failures: readonly (readonly [string, SigningFunction])[] = [
  ['rejects', () => Promise.reject(new Error('the vault is sealed'))],
  [
    'throws',
    () => {
      throw new TypeError('the vault is sealed')
    },
  ],
  ['returns no signature', () => '<html>Bad gateway</html>'],
]

/** Makes each attempt when it was announced, until the condition holds. */
async function followAttempts({ clock, until }: Scene, record: FeedRecord, isDone: () => boolean): Promise<void> {
  const announcedAt = (): number => record.connections.at(-1)?.nextAttemptAt ?? 0
  while (!isDone()) {
    await until(() => announcedAt() > clock.now() || isDone())
    if (!isDone()) clock.advance(announcedAt() - clock.now())
  }
}

describe.each(exchanges)('a signing function of an account of $title', (exchange) => {
  const { apiKey, apiSecret } = exchange.credentials
  const signed = (text: string): string => createHmac(exchange.digest, apiSecret).update(text).digest('hex')

  it.each(failures)('that %s has a start rejected with its own words, and nothing is left open', async (_how, sign) => {
    const scene = await Scene.open(exchange)
    const error = await scene.privateFeed({ credentials: { apiKey, sign } }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_SIGNING_FAILED', retryable: true, hint: expect.stringMatching(/./) })
    await scene.until(() => scene.seen.openSessions.length === 0)
    expect(scene.clock.delays).toEqual([])
  })

  it.each(failures)(
    'that %s for ten minutes after a cut is an outage like another: breaker and all, told by its name, and back by itself',
    async (_how, fail) => {
      const scene = await Scene.open(exchange)
      let isAway = false
      const sign: SigningFunction = (text) => (isAway ? fail(text) : signed(text))
      const { feed, record } = await scene.privateFeed({ credentials: { apiKey, sign } })
      isAway = true
      scene.server.faults.terminateAll()
      const overAt = scene.clock.now() + 10 * minute
      await followAttempts(scene, record, () => scene.clock.now() >= overAt)
      await scene.until(() => record.states.at(-1) !== 'connected')
      expect(new Set(record.logged('reconnect-failed').map(({ code }) => code))).toEqual(
        new Set(['ERR_SIGNING_FAILED']),
      )
      const opened = record.errors.filter(({ code }) => code === 'ERR_CIRCUIT_OPEN')
      expect(opened).toMatchObject([{ context: { 'Last error': 'ERR_SIGNING_FAILED' } }])
      expect(record.errors.map(({ code }) => code)).not.toContain('ERR_RECONNECT_EXHAUSTED')
      isAway = false
      await followAttempts(scene, record, () => record.logged('recovered').length === 1)
      const told = record.messages.length
      scene.venue.account.step()
      await scene.until(() => record.messages.length > told)
      expect(feed.manager.isConnected()).toBe(true)
    },
  )

  it('that fails while a stream is added has that refused, and what is there goes on', async () => {
    const scene = await Scene.open(exchange)
    let isAway = false
    const sign: SigningFunction = (text) =>
      isAway ? Promise.reject(new Error('the vault is sealed')) : Promise.resolve(signed(text))
    const { feed, record } = await scene.privateFeed({ channels: ['balances'], credentials: { apiKey, sign } })
    isAway = true
    const added = feed.subscribe([], ['orders'])
    // MEXC signs nothing that goes over its socket: the URL says who we are.
    if (exchange.definition.name === 'gateio_spot')
      await expect(added).rejects.toMatchObject({ code: 'ERR_SIGNING_FAILED' })
    else await added
    scene.venue.account.step()
    await scene.until(() => record.messages.length > 0)
    expect(record.states).toEqual(['connecting', 'connected'])
  })
})

describe.each(exchanges)('a handshake for an account of $title', (exchange) => {
  it.each([401, 403])(
    'that is answered with %i says nothing of its key: it is an outage like another',
    async (status) => {
      const scene = await Scene.open(exchange)
      const { feed, record } = await scene.privateFeed()
      scene.server.faults.refuseConnections(status)
      scene.server.faults.terminateAll()
      await followAttempts(scene, record, () => record.logged('reconnect-failed').length === 12)
      scene.server.faults.acceptConnections()
      await followAttempts(scene, record, () => record.logged('recovered').length === 1)
      expect(feed.manager.isConnected()).toBe(true)
    },
  )
})

describe.each(exchanges)('a clock of this machine that goes astray beside $title', (exchange) => {
  it('while the exchange’s cannot be asked is an outage, however long, and no end', async () => {
    const scene = await Scene.open(exchange)
    const { feed, record } = await scene.privateFeed()
    scene.clock.skew(2 * minute)
    scene.seen.intercept = ({ url }) => (url.pathname.endsWith('/time') ? { status: 503, body: '' } : null)
    scene.server.faults.terminateAll()
    const attempts = (): number => record.logged('reconnect-failed').length
    await followAttempts(scene, record, () => attempts() === 12)
    expect(new Set(record.logged('reconnect-failed').map(({ code }) => code))).toEqual(new Set(['ERR_CLOCK_SKEW']))
    scene.seen.intercept = () => null
    await followAttempts(scene, record, () => record.logged('recovered').length === 1)
    expect(feed.manager.isConnected()).toBe(true)
  })
})
