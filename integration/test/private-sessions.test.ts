import { createHmac } from 'node:crypto'
import { type FeedMessage, MessageType, type OrderStatus, type SigningFunction } from '@tapewire/core'
import type { AccountEvent } from '@tapewire/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { exchanges, gateio, mexc } from '../src/scene/exchanges.js'
import { expectedOf, toldBy } from '../src/scene/expected-account.js'
import { btc, closeScenes, Scene } from '../src/scene/scene.js'

const orderStatuses: readonly OrderStatus[] = ['cancelled', 'filled', 'open', 'partially_cancelled', 'partially_filled']

afterEach(closeScenes)

/** What happens to the account from now on. */
function recordAccount({ venue }: Scene): AccountEvent[] {
  const events: AccountEvent[] = []
  venue.account.listen((event) => events.push(event))
  return events
}

/** Lets so many things happen to the account, a millisecond apart. */
function live({ clock, venue }: Scene, steps: number): void {
  for (let step = 0; step < steps; step += 1) {
    clock.advance(1)
    venue.account.step()
  }
}

describe.each(exchanges)('an account feed of $title', (exchange) => {
  const { definition, credentials, digest } = exchange
  const expected = (event: AccountEvent): object => expectedOf(definition.name, event)

  it('tells every order, execution and balance as it happened, in order and to the last digit', async () => {
    const scene = await Scene.open(exchange)
    const { record } = await scene.privateFeed()
    const happened = recordAccount(scene)
    live(scene, 400)
    await scene.until(() => record.messages.length >= happened.length)
    expect(record.messages.map(toldBy)).toEqual(happened.map(expected))
    const statuses = new Set(record.of(MessageType.Order).map(({ data }) => data.status))
    expect([...statuses].sort()).toEqual(orderStatuses)
  })

  const sign = (text: string): string => createHmac(digest, credentials.apiSecret).update(text).digest('hex')
  const signers: readonly [string, SigningFunction][] = [
    ['at once', sign],
    ['later', (text) => new Promise((resolve) => setImmediate(() => resolve(sign(text))))],
  ]

  it.each(signers)('is signed by a function that answers %s', async (_when, signer) => {
    const scene = await Scene.open(exchange)
    const { record } = await scene.privateFeed({ credentials: { apiKey: credentials.apiKey, sign: signer } })
    live(scene, 1)
    await scene.until(() => record.messages.length >= 2)
    expect(record.errors).toEqual([])
  })

  it('tells no more of a channel that was unsubscribed, and goes on with the others', async () => {
    const scene = await Scene.open(exchange)
    const { feed, record } = await scene.privateFeed()
    await feed.unsubscribe([], ['orders'])
    const happened = recordAccount(scene)
    live(scene, 50)
    const rest = happened.filter((event) => event.kind !== 'order')
    await scene.until(() => record.messages.length >= rest.length)
    expect(record.messages.map(toldBy)).toEqual(rest.map(expected))
  })

  it('asks anew after its connection was cut, and tells on what happens from then on', async () => {
    const scene = await Scene.open(exchange)
    const { record } = await scene.privateFeed()
    const first = recordAccount(scene)
    live(scene, 5)
    await scene.until(() => record.messages.length >= first.length)
    scene.server.faults.terminateAll()
    await scene.until(() => record.logged('recovered').length === 1)
    const before = record.messages.length
    const happened = recordAccount(scene)
    live(scene, 20)
    await scene.until(() => record.messages.length >= before + happened.length)
    expect(record.messages.slice(before).map(toldBy)).toEqual(happened.map(expected))
  })
})

describe('the requests of a Gate.io account feed', () => {
  interface SignedRequest {
    readonly time: number
    readonly channel: string
    readonly event: string
    readonly payload?: readonly string[]
    readonly auth: { readonly KEY: string; readonly SIGN: string }
  }

  function requestsOf(messages: readonly { readonly text: string }[]): readonly SignedRequest[] {
    return messages.map(({ text }) => JSON.parse(text)).filter(({ channel }) => channel !== 'spot.ping')
  }

  function expectSigned({ time, channel, event, auth }: SignedRequest): void {
    const text = `channel=${channel}&event=${event}&time=${time}`
    const { apiKey, apiSecret } = gateio.credentials
    expect(auth).toMatchObject({ KEY: apiKey, SIGN: createHmac('sha512', apiSecret).update(text).digest('hex') })
  }

  it('are signed each for its own channel, event and time: unsubscribing signs unsubscribe', async () => {
    const scene = await Scene.open(gateio)
    const { feed } = await scene.privateFeed()
    await feed.unsubscribe([], ['orders', 'balances'])
    const requests = requestsOf(scene.seen.messages)
    for (const request of requests) expectSigned(request)
    expect(requests.map(({ channel, event }) => `${event} ${channel}`)).toEqual([
      'subscribe spot.orders',
      'subscribe spot.usertrades',
      'subscribe spot.balances',
      'unsubscribe spot.orders',
      'unsubscribe spot.balances',
    ])
  })

  it('are signed anew, with the time of then, after a cut', async () => {
    const scene = await Scene.open(gateio)
    const { record } = await scene.privateFeed()
    live(scene, 1)
    await scene.until(() => record.messages.length > 0)
    scene.clock.advance(5_000)
    scene.server.faults.terminateAll()
    await scene.until(() => scene.seen.sessions[1]?.messages.length === 3)
    const [first, second] = scene.seen.sessions.map(({ messages }) => requestsOf(messages))
    for (const request of second ?? []) expectSigned(request)
    expect(second?.map(({ channel, time }) => [channel, time])).toEqual(
      first?.map(({ channel, time }) => [channel, time + 5]),
    )
  })

  it('are made anew on another connection for an upgrade, and every event is told once', async () => {
    const scene = await Scene.open(gateio)
    const { record } = await scene.privateFeed()
    const happened = recordAccount(scene)
    live(scene, 5)
    scene.venue.control.announceUpgrade()
    await scene.live(() => {
      scene.venue.account.step()
      return scene.seen.sessions.length === 2 && scene.seen.openSessions.length === 1
    })
    live(scene, 20)
    const told = (): FeedMessage[] => record.messages.filter(({ channel }) => channel !== null)
    await scene.until(() => told().length >= happened.length)
    expect(told().map(toldBy)).toEqual(happened.map((event) => expectedOf('gateio_spot', event)))
    expect(record.states).toEqual(['connecting', 'connected'])
  })

  it('name the markets asked for, whose orders alone are told; balances are those of the account', async () => {
    const scene = await Scene.open(gateio)
    const { record } = await scene.privateFeed({ symbols: [btc] })
    const happened = recordAccount(scene)
    live(scene, 60)
    const ours = happened.filter((event) => event.kind === 'balance' || event.pair === btc)
    await scene.until(() => record.messages.length >= ours.length)
    expect(record.messages.map(toldBy)).toEqual(ours.map((event) => expectedOf('gateio_spot', event)))
    expect(ours.length).toBeLessThan(happened.length)
  })
})

describe('the connections of a MEXC account feed', () => {
  it('carry a fresh listen key each, and the old one is given back', async () => {
    const scene = await Scene.open(mexc)
    const { record } = await scene.privateFeed()
    live(scene, 1)
    await scene.until(() => record.messages.length > 0)
    scene.server.faults.terminateAll()
    await scene.until(
      () => scene.seen.sessions.length === 2 && scene.seen.requests.some(({ method }) => method === 'DELETE'),
    )
    const [first, second] = scene.seen.sessions.map(({ request }) => request.url.searchParams.get('listenKey'))
    expect(second).toMatch(/^[0-9a-f]{64}$/)
    expect(second).not.toBe(first)
    expect(scene.venue.control.listenKeys).toEqual([second])
  })
})
