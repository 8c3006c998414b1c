import type { StreamError } from '@tapewire/core'
import { type ConnectionContext, type ConnectionStrategy, createEnv, type StrategyEnv } from '@tapewire/core/adapter'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MexcSpotPrivateOptions, mexcSpot } from '../src/index.js'
import { demoCredentials } from '../src/testing/authorize.js'
import { AnsweredClock } from './support/answered-clock.js'
import { type MexcServer, startMexcServer } from './support/mexc-server.js'
import { listenKeyOf } from './support/refusal.js'

const minute = 60_000
const firstLookMs = 1_000
const intervalMs = 8_000
const confirmationMs = 1_500

let venue: MexcServer
let clock: AnsweredClock
let random: () => number

beforeEach(async () => {
  random = () => 0
  venue = await startMexcServer()
  clock = new AnsweredClock()
})

afterEach(async () => {
  await venue.server.close()
  expect(venue.server.failures).toEqual([])
})

/** Connections of one set of strategies, without their sockets, and what becomes of them. */
class Feed {
  readonly lost: StreamError[] = []
  readonly takeOvers: string[] = []
  readonly reported: StreamError[] = []
  readonly env: StrategyEnv
  readonly #connection: ConnectionStrategy
  readonly #ends: (() => void)[] = []
  readonly #contexts: ConnectionContext[] = []

  constructor(options: MexcSpotPrivateOptions = {}) {
    this.env = createEnv({ clock, random: () => random(), report: (error) => this.reported.push(error) })
    const { url, restUrl } = venue.server
    this.#connection = mexcSpot.private(demoCredentials, { url, restUrl, ...options }).connectionStrategy
  }

  /** Opens one more, and returns its key. */
  async open(): Promise<string> {
    const context = await this.#connection.context(this.env)
    this.#contexts.push(context)
    let end = (): void => {}
    const onLost = (error: StreamError): void => {
      this.lost.push(error)
      end()
    }
    end = this.#connection.maintain?.(context, this.env, (reason) => this.takeOvers.push(reason), onLost) ?? end
    this.#ends.push(end)
    return listenKeyOf(context)
  }

  /** Whether the connection that was opened last has brought everything, asked as at the end of a take-over. */
  async lookOnceMore(): Promise<void> {
    const context = this.#contexts.at(-1)
    if (context !== undefined) await this.#connection.lookOnceMore?.(context, this.env)
  }

  /** Ends them all; nothing is left to be done. */
  async close(): Promise<void> {
    for (const end of this.#ends) end()
    await this.#connection.release?.(this.env)
  }
}

/** Requests for listen keys so far. */
const asked = (method: string): number =>
  venue.control.requests.filter((request) => request === `${method} /api/v3/userDataStream`).length

/** Both clocks move on, and every answer comes. */
async function pass(durationMs: number): Promise<void> {
  venue.clock.advance(durationMs)
  clock.advance(durationMs)
  await clock.settled()
}

/** Lets so much time pass, each timer at its time, and every answer comes before it goes on. */
async function live(durationMs: number): Promise<void> {
  const endAt = clock.now() + durationMs
  while (clock.now() < endAt) await pass(Math.min(clock.nextTimerInMs ?? durationMs, endAt - clock.now()))
}

/** How long it takes until the condition holds, ms. */
async function timeUntil(isDone: () => boolean, limitMs = 2 * minute): Promise<number> {
  const begunAt = clock.now()
  while (!isDone() && clock.now() - begunAt < limitMs) await pass(clock.nextTimerInMs ?? limitMs)
  return clock.now() - begunAt
}

describe('whether listen keys live', () => {
  it('is asked soon after connecting, and every 8 to 10 s from then on, once for all connections of an account', async () => {
    venue.control.reuseListenKeys()
    const feeds = [new Feed(), new Feed()] as const
    for (const feed of [feeds[0], feeds[0], feeds[1]]) await feed.open()
    await pass(firstLookMs)
    expect(asked('GET')).toBe(1)
    await live(3 * intervalMs)
    expect(asked('GET')).toBe(4)
    random = () => 0.999
    await live(intervalMs)
    expect(asked('GET')).toBe(5)
    await live(intervalMs * 1.249)
    expect(asked('GET')).toBe(5)
    await live(10)
    expect(asked('GET')).toBe(6)
    for (const feed of feeds) await feed.close()
    expect(clock.pendingTimers).toBe(0)
  })

  it('is asked by another of the account where the one who did has closed', async () => {
    const [one, other] = [new Feed(), new Feed()]
    await one.open()
    await other.open()
    await live(firstLookMs + intervalMs)
    await one.close()
    expect(asked('GET')).toBe(2)
    await live(firstLookMs)
    expect(asked('GET')).toBe(3)
    await other.close()
    expect(clock.pendingTimers).toBe(0)
    await live(minute)
    expect(asked('GET')).toBe(3)
  })

  it.each(['never', 'each minute'])('is asked %s where the user says so', async (how) => {
    const checkMs = how === 'never' ? 0 : minute
    const feed = new Feed({ accountCheckIntervalMs: checkMs })
    await feed.open()
    await live(10 * minute)
    expect(asked('GET')).toBe(how === 'never' ? 0 : 10)
    await feed.close()
  })
})

describe('a listen key that ends in silence', () => {
  it.each([0, 0.5, 0.999])('loses its connections in under 15 s, chance being %d', async (chance) => {
    random = () => chance
    venue.control.reuseListenKeys()
    const [one, other] = [new Feed(), new Feed()]
    const keys = [await one.open(), await one.open(), await other.open()]
    expect(new Set(keys).size).toBe(1)
    await live(minute / 2)
    venue.control.expireListenKeys()
    expect(await timeUntil(() => other.lost.length === 1)).toBeLessThan(15_000)
    const ended = {
      code: 'ERR_LISTEN_KEY_ENDED',
      shortMessage: 'The listen key is not valid any more.',
      context: { Sign: 'MEXC does not list it' },
    }
    expect([one.lost, other.lost]).toMatchObject([[ended, ended], [ended]])
    expect(await one.open()).not.toBe(keys[0])
    for (const feed of [one, other]) await feed.close()
    // The dead key is not given back, the fresh one is, once.
    expect([asked('DELETE'), venue.control.listenKeys]).toEqual([1, []])
    expect(clock.pendingTimers).toBe(0)
  })

  it('is noticed though its renewals are answered as if it lived', async () => {
    venue.control.renewEndedListenKeys()
    const feed = new Feed()
    await feed.open()
    await live(minute / 2)
    venue.control.expireListenKeys()
    await timeUntil(() => asked('PUT') === 1 || feed.lost.length === 1)
    expect([feed.lost.length, asked('PUT')]).toEqual([1, 0])
    await feed.close()
  })

  it('costs no other key of the account anything', async () => {
    const feed = new Feed()
    await feed.open()
    await live(minute / 2)
    venue.control.expireListenKeys()
    const second = await feed.open()
    await timeUntil(() => feed.lost.length > 0)
    await live(minute)
    expect([feed.lost.length, venue.control.listenKeys]).toEqual([1, [second]])
    await feed.close()
  })

  it('that did so before its connection was up loses that as soon as it is', async () => {
    const feed = new Feed({ accountCheckIntervalMs: 0 })
    venue.control.reuseListenKeys()
    const [first] = [await feed.open()]
    const { url, restUrl } = venue.server
    const slow = mexcSpot.private(demoCredentials, { url, restUrl }).connectionStrategy
    const context = await slow.context(feed.env)
    expect(listenKeyOf(context)).toBe(first)
    venue.control.expireListenKeys()
    await live(minute)
    expect(feed.lost).toHaveLength(1)
    const lost: StreamError[] = []
    slow.maintain?.(
      context,
      feed.env,
      () => {},
      (error) => lost.push(error),
    )()
    expect(lost).toMatchObject([{ code: 'ERR_LISTEN_KEY_ENDED' }])
    await feed.close()
  })
})

describe('a listen key that lives', () => {
  /** What REST can be like, without a word on the key. */
  const troubles: readonly (readonly [string, () => void])[] = [
    ['is away', () => venue.server.faults.refuseRequests({ status: 503, body: '' })],
    ['has an error', () => venue.server.faults.refuseRequests({ status: 500, body: '{"code":500,"msg":"Internal"}' })],
    ['is behind a firewall', () => venue.control.blockRest('firewall')],
    ['answers garbage', () => venue.control.spoilListenKeyLists('garbage')],
    ['refuses the time', () => venue.control.refuseSigned('700003')],
  ]

  it.each(troubles)('stays with its connection while REST %s, and is asked for less often', async (_how, begin) => {
    const feed = new Feed()
    await feed.open()
    await live(minute / 2)
    const before = asked('GET')
    begin()
    await live(10 * minute)
    expect([feed.lost, feed.takeOvers]).toEqual([[], []])
    // Without trouble it would be 75 times.
    expect(asked('GET') - before).toBeLessThan(30)
    expect(feed.reported.length).toBeGreaterThan(0)
    venue.server.faults.answerRequests()
    venue.control.blockRest(null)
    venue.control.spoilListenKeyLists(null)
    venue.control.refuseSigned(null)
    await live(2 * minute)
    expect(feed.lost).toEqual([])
    venue.control.expireListenKeys()
    expect(await timeUntil(() => feed.lost.length === 1)).toBeLessThan(15_000)
    await feed.close()
  })

  it('is not asked for again before the time that MEXC says', async () => {
    const feed = new Feed()
    await feed.open()
    await live(firstLookMs)
    const retryAfter = { status: 429, headers: { 'retry-after': '90' }, body: '{"code":429,"msg":"Too Many Requests"}' }
    venue.server.faults.refuseRequests(retryAfter)
    const begunAt = clock.now()
    await live(intervalMs)
    venue.server.faults.answerRequests()
    const before = asked('GET')
    await timeUntil(() => asked('GET') > before, 5 * minute)
    expect(clock.now() - begunAt - intervalMs).toBeGreaterThanOrEqual(90_000)
    await feed.close()
  })

  it('is missing from one list alone, and stays: the next one counts', async () => {
    const feed = new Feed()
    await feed.open()
    await live(firstLookMs)
    venue.control.spoilListenKeyLists('empty')
    await live(intervalMs)
    venue.control.spoilListenKeyLists(null)
    await live(confirmationMs)
    await live(minute)
    expect(feed.lost).toEqual([])
    await feed.close()
  })

  it('is asked at once where another connection has taken over, which costs one that lives nothing', async () => {
    const feed = new Feed()
    await feed.open()
    await live(firstLookMs)
    await feed.lookOnceMore()
    expect([feed.lost, asked('GET')]).toEqual([[], 2])
    venue.control.expireListenKeys()
    const looked = feed.lookOnceMore().then(() => feed.lost.map(({ code }) => code))
    await clock.settled()
    await live(confirmationMs)
    expect(await looked).toEqual(['ERR_LISTEN_KEY_ENDED'])
    await feed.close()
  })

  it('and that MEXC never lists is renewed at once, which tells more, and is left alone where that is accepted', async () => {
    venue.control.spoilListenKeyLists('empty')
    const feed = new Feed()
    await feed.open()
    await live(firstLookMs + 1)
    expect(asked('PUT')).toBe(1)
    await live(10 * minute)
    expect([feed.lost, asked('PUT')]).toEqual([[], 1])
    await feed.close()
  })

  it('of an API key that MEXC accepts no longer loses its connection, with that as the reason', async () => {
    const feed = new Feed()
    await feed.open()
    await live(minute / 2)
    venue.control.revokeApiKey()
    expect(await timeUntil(() => feed.lost.length > 0)).toBeLessThan(15_000)
    expect(feed.lost).toMatchObject([{ code: 'ERR_AUTHENTICATION_FAILED', context: { 'Exchange code': 10072 } }])
    await feed.close()
  })
})
