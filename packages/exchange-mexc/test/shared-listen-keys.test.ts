import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StreamError } from '@tapewire/core'
import type { ConnectionContext, ConnectionStrategy, StrategyEnv } from '@tapewire/core/adapter'
import { createEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mexcSpot } from '../src/index.js'
import { demoCredentials } from '../src/testing/authorize.js'
import { listenKeyOf, refusal } from './support/refusal.js'

const minute = 60_000

/** MEXC's REST API as far as listen keys go, which names the same key to everybody who asks, and answers when the test says so. */
class KeyServer {
  /** `POST`, `PUT KEY`, `DELETE KEY`, in the order they came. */
  readonly requests: string[] = []
  /** The key that is named to who asks for one. */
  key = 'key-1'
  /** What a renewal is answered with; null for the key it is of. */
  renewal: string | null = null
  /** Methods whose answers wait for `release`. */
  readonly held = new Set<string>()
  readonly #waiting = new Set<() => void>()
  readonly #answers: (() => void)[] = []
  readonly #http = createServer((request, response) => this.#serve(request, response))

  async start(): Promise<void> {
    this.#http.listen(0, '127.0.0.1')
    await once(this.#http, 'listening')
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  get restUrl(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`
  }

  release(): void {
    this.held.clear()
    for (const answer of this.#answers.splice(0)) answer()
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  #serve({ method = '', url = '' }: IncomingMessage, response: ServerResponse): void {
    const listenKey = new URL(url, 'http://any').searchParams.get('listenKey')
    const body =
      method === 'PUT' && this.renewal !== null ? this.renewal : JSON.stringify({ listenKey: listenKey ?? this.key })
    // The key is chosen as the request comes: that is what makes an answer that is late dangerous.
    const answer = (): void => void response.end(body)
    this.requests.push(listenKey === null ? method : `${method} ${listenKey}`)
    if (this.held.has(method)) this.#answers.push(answer)
    else answer()
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

let server: KeyServer

beforeEach(async () => {
  server = new KeyServer()
  await server.start()
})

afterEach(() => server.close())

/** One account feed of the process, without its sockets. */
class Feed {
  readonly clock = new ManualClock()
  readonly reported: StreamError[] = []
  readonly takeOvers: string[] = []
  readonly env: StrategyEnv = createEnv({ clock: this.clock, report: (error) => this.reported.push(error) })
  readonly #connection: ConnectionStrategy
  #attempt = new AbortController()

  constructor(apiKey: string = demoCredentials.apiKey) {
    const options = { url: 'ws://127.0.0.1:9/', restUrl: server.restUrl, accountCheckIntervalMs: 0 }
    this.#connection = mexcSpot.private({ ...demoCredentials, apiKey }, options).connectionStrategy
  }

  async open(): Promise<{ readonly key: string; readonly end: () => void }> {
    const context: ConnectionContext = await this.#connection.context(this.env)
    const end =
      this.#connection.maintain?.(
        context,
        this.env,
        (reason) => this.takeOvers.push(reason),
        () => {},
      ) ?? (() => {})
    return { key: listenKeyOf(context), end }
  }

  async close(...connections: readonly { readonly end: () => void }[]): Promise<void> {
    for (const { end } of connections) end()
    await this.#connection.release?.(this.env)
  }

  refusal(): Promise<StreamError> {
    return refusal(this.#connection.context(this.env))
  }

  /** As far as a key being asked for; the error is what becomes of the attempt. */
  async begin(): Promise<{ readonly refused: Promise<StreamError> }> {
    const before = server.requests.length
    const refused = refusal(this.#connection.context({ ...this.env, signal: this.#attempt.signal }))
    await server.until(() => server.requests.length > before)
    return { refused }
  }

  /** Nobody wants what was begun any more. */
  giveUp(): void {
    this.#attempt.abort(new StreamError('ERR_CLOSED', 'The connection was closed.'))
    this.#attempt = new AbortController()
  }
}

describe('a listen key that two feeds of a process were named', () => {
  it('is given back once, when the last of them closes', async () => {
    const [one, other] = [new Feed(), new Feed()]
    const [first, second] = [await one.open(), await other.open()]
    expect(first.key).toBe(second.key)
    await one.close(first)
    expect(server.requests).toEqual(['POST', 'POST'])
    await other.close(second)
    await one.close()
    expect(server.requests).toEqual(['POST', 'POST', 'DELETE key-1'])
  })

  it('is kept alive by whoever is left, when it is due', async () => {
    const [one, other] = [new Feed(), new Feed()]
    const [first, second] = [await one.open(), await other.open()]
    one.clock.advance(minute / 2)
    other.clock.advance(minute / 2)
    await one.close(first)
    expect(one.clock.pendingTimers).toBe(0)
    other.clock.advance(minute / 2 - 1)
    expect(other.clock.pendingTimers).toBe(1)
    other.clock.advance(1)
    await server.until(() => server.requests.includes('PUT key-1'))
    await other.close(second)
    expect(other.clock.pendingTimers).toBe(0)
  })

  it('is renewed by the other where the one closes in the middle of it', async () => {
    const [one, other] = [new Feed(), new Feed()]
    const [first, second] = [await one.open(), await other.open()]
    server.held.add('PUT')
    one.clock.advance(minute)
    await server.until(() => server.requests.includes('PUT key-1'))
    server.release()
    await one.close(first)
    other.clock.advance(0)
    await server.until(() => server.requests.filter((request) => request === 'PUT key-1').length === 2)
    await other.close(second)
  })

  it('carries five connections, whoever’s they are', async () => {
    const feeds = [new Feed(), new Feed()] as const
    for (const feed of [feeds[0], feeds[0], feeds[0], feeds[1], feeds[1]]) await feed.open()
    expect(await feeds[1].refusal()).toMatchObject({ code: 'ERR_CONNECTION_LIMIT' })
  })

  it('is not shared with another account', async () => {
    const [one, other] = [new Feed(), new Feed('mx0vANOTHER000000001')]
    const [first] = [await one.open(), await other.open()]
    await one.close(first)
    expect(server.requests).toEqual(['POST', 'POST', 'DELETE key-1'])
  })
})

describe('a feed that begins while the last of its account ends', () => {
  it('asks for a key once the old one has been given back', async () => {
    const one = new Feed()
    const first = await one.open()
    server.held.add('DELETE')
    const closed = one.close(first)
    await server.until(() => server.requests.includes('DELETE key-1'))
    const opened = new Feed().open()
    server.key = 'key-2'
    server.release()
    await closed
    expect((await opened).key).toBe('key-2')
    expect(server.requests).toEqual(['POST', 'DELETE key-1', 'POST'])
  })

  it('keeps the key it is about to be named', async () => {
    const [one, other] = [new Feed(), new Feed()]
    const first = await one.open()
    server.held.add('POST')
    const opened = other.open()
    await server.until(() => server.requests.length === 2)
    const closed = one.close(first)
    server.release()
    const second = await opened
    await closed
    expect(second.key).toBe(first.key)
    expect(server.requests).toEqual(['POST', 'POST'])
    await other.close(second)
    expect(server.requests.at(-1)).toBe('DELETE key-1')
  })

  it('does not hold up who closes for longer than giving a key back may take', async () => {
    const [one, other] = [new Feed(), new Feed()]
    const first = await one.open()
    server.held.add('POST')
    const opened = other.open()
    await server.until(() => server.requests.length === 2)
    const closed = one.close(first)
    one.clock.advance(3_100)
    await closed
    server.release()
    await opened
  })

  it('leaves no timer of a removal that is never answered', async () => {
    const feed = new Feed()
    const first = await feed.open()
    server.held.add('DELETE')
    const closed = feed.close(first)
    await server.until(() => server.requests.includes('DELETE key-1'))
    let left = -1
    const done = closed.then(() => {
      left = feed.clock.pendingTimers
    })
    // One timer after the other, as they fall due: those of one moment too.
    while (feed.clock.fireNext(3_100)) for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate)
    await done
    expect(left).toBe(0)
  })
})

describe('a key that is asked for by an attempt that is given up', () => {
  it('is given back by the close that waits for its name', async () => {
    const feed = new Feed()
    server.held.add('POST')
    const { refused } = await feed.begin()
    feed.giveUp()
    expect(await refused).toMatchObject({ code: 'ERR_CLOSED' })
    const closed = feed.close()
    server.release()
    await closed
    expect([server.requests, feed.clock.pendingTimers]).toEqual([['POST', 'DELETE key-1'], 0])
  })

  it('is not waited for longer than giving a key back may take', async () => {
    const feed = new Feed()
    server.held.add('POST')
    await feed.begin()
    feed.giveUp()
    const closed = feed.close()
    feed.clock.advance(3_000)
    await closed
    expect([server.requests, feed.clock.pendingTimers]).toEqual([['POST'], 0])
  })

  it('is given back as soon as the next attempt has another', async () => {
    const feed = new Feed()
    server.held.add('POST')
    await feed.begin()
    feed.giveUp()
    server.key = 'key-2'
    const opened = feed.open()
    await server.until(() => server.requests.length === 2)
    server.release()
    const second = await opened
    await server.until(() => server.requests.length === 3)
    expect([second.key, server.requests]).toEqual(['key-2', ['POST', 'POST', 'DELETE key-1']])
    await feed.close(second)
  })

  it('carries what was opened on it meanwhile', async () => {
    const [one, other] = [new Feed(), new Feed()]
    server.held.add('POST')
    await one.begin()
    one.giveUp()
    const closed = one.close()
    const opened = other.open()
    await server.until(() => server.requests.length === 2)
    server.release()
    await closed
    const second = await opened
    expect([second.key, server.requests]).toEqual(['key-1', ['POST', 'POST']])
    await other.close(second)
    expect(server.requests.at(-1)).toBe('DELETE key-1')
  })
})

describe('a renewal that is answered', () => {
  it.each(['{}', '{"listenKey":"key-9"}', '{"code":0,"msg":"success"}', 'null'])(
    'with %s is none: it is told every ten minutes, tried each minute, and the connection replaced in time',
    async (renewal) => {
      server.renewal = renewal
      const feed = new Feed()
      const first = await feed.open()
      const renewals = (): number => server.requests.filter((request) => request.startsWith('PUT')).length
      let minutes = 0
      while (feed.takeOvers.length === 0) {
        feed.clock.advance(minute)
        minutes += 1
        await server.until(() => renewals() === minutes)
        while (feed.clock.pendingTimers === 0 || (feed.clock.nextTimerInMs ?? 0) < minute) {
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      expect(minutes).toBe(55)
      expect(feed.takeOvers[0]).toContain('it does not name the listen key')
      // After 1, 11, 21, 31, 41 and 51 minutes.
      expect(feed.reported).toHaveLength(6)
      expect(feed.reported[0]).toMatchObject({
        code: 'ERR_LISTEN_KEY_NOT_RENEWED',
        context: { Code: 'ERR_REST_FAILED' },
        cause: { code: 'ERR_REST_FAILED', context: { Endpoint: 'PUT /api/v3/userDataStream' } },
      })
      await feed.close(first)
    },
  )
})
