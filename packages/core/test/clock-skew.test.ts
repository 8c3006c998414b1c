import { describe, expect, test } from 'vitest'
import type { SubscriptionStrategy } from '../src/adapter.js'
import { type ManagerBench, useAcme } from './support/manager-bench.js'

const acme = useAcme()

/** An exchange that refuses as many requests as told for their time, and a manager whose strategy can ask it for its own. */
class Skew {
  measured = 0
  readonly bench: ManagerBench

  constructor(measureTime?: SubscriptionStrategy['measureTime']) {
    const measure = async (): Promise<void> => {
      this.measured += 1
    }
    this.bench = acme.build({ acme: { subscription: { measureTime: measureTime ?? measure } } })
  }

  get requests(): readonly string[] {
    return acme.venue.clients.flatMap(({ requests }) => requests.map(({ op, streams }) => `${op} ${streams.join(' ')}`))
  }
}

/** A call that is answered when the test says so, or never. */
class Call {
  settle: () => void = () => {}
  #begin: () => void = () => {}
  readonly begun = new Promise<void>((resolve) => (this.#begin = resolve))

  wait(): Promise<void> {
    this.#begin()
    return new Promise((resolve) => (this.settle = resolve))
  }
}

const [a, b] = ['book_ticker:A-USDT', 'book_ticker:B-USDT']

describe('a request that is refused for its time', () => {
  test('is made once more after the exchange’s time was asked, at the start', async () => {
    const skew = new Skew()
    acme.venue.lateRequests = 1
    await skew.bench.start('A')
    expect(skew.measured).toBe(1)
    expect(skew.requests).toEqual([`subscribe ${a}`, `subscribe ${a}`])
    expect(skew.bench.errors).toEqual([])
    expect(acme.venue.clients[0]?.streams).toEqual(new Set([a]))
  })

  test('is made once more on the same connection, whenever the clock went astray', async () => {
    const skew = new Skew()
    const { manager } = skew.bench
    await skew.bench.start('A')
    for (const round of [1, 2]) {
      acme.venue.lateRequests = 1
      await manager.subscribe(['B/USDT'])
      acme.venue.lateRequests = 1
      await manager.unsubscribe(['B/USDT'])
      expect(skew.measured).toBe(2 * round)
    }
    const again = [`subscribe ${b}`, `subscribe ${b}`, `unsubscribe ${b}`, `unsubscribe ${b}`]
    expect(skew.requests).toEqual([`subscribe ${a}`, ...again, ...again])
    expect(acme.venue.clients).toHaveLength(1)
    expect(skew.bench.errors).toEqual([])
  })

  test('is made once more after a reconnect, on the connection that there is', async () => {
    const skew = new Skew()
    await skew.bench.start('A')
    acme.venue.lateRequests = 1
    acme.venue.clients[0]?.socket.close(1001)
    await skew.bench.until(() => skew.bench.states.filter((state) => state === 'connected').length === 2)
    await acme.venue.until(() => acme.venue.clients[1]?.streams.has(a) === true)
    expect(skew.measured).toBe(1)
    expect(acme.venue.clients).toHaveLength(2)
  })

  test('and refused again is refused', async () => {
    const skew = new Skew()
    const { manager } = skew.bench
    await skew.bench.start('A')
    acme.venue.lateRequests = 2
    await expect(manager.subscribe(['B/USDT'])).rejects.toMatchObject({
      code: 'ERR_CLOCK_SKEW',
      rejected: [{ exchangeCode: '9', reason: 'too late' }],
    })
    acme.venue.lateRequests = 1
    await manager.subscribe(['B/USDT'])
    expect(skew.measured).toBe(2)
  })

  test('is refused where the exchange’s time cannot be asked', async () => {
    const { bench } = new Skew(() => Promise.reject(new Error('no way there')))
    await bench.start('A')
    acme.venue.lateRequests = 1
    await expect(bench.manager.subscribe(['B/USDT'])).rejects.toMatchObject({ code: 'ERR_CLOCK_SKEW' })
    await bench.manager.subscribe(['B/USDT'])
  })

  test('is refused where the exchange’s time is asked in vain', async () => {
    const asked = new Call()
    const { bench } = new Skew(() => asked.wait())
    await bench.start('A')
    acme.venue.lateRequests = 1
    const refused = expect(bench.manager.subscribe(['B/USDT'])).rejects.toMatchObject({ code: 'ERR_CLOCK_SKEW' })
    await asked.begun
    bench.clock.advance(10_000)
    await refused
    await bench.manager.subscribe(['B/USDT'])
  })

  test('is not made once more where nobody wants it any longer', async () => {
    const asked = new Call()
    const skew = new Skew(() => asked.wait())
    const { manager } = skew.bench
    await skew.bench.start('A')
    acme.venue.lateRequests = 1
    const subscribed = manager.subscribe(['B/USDT'])
    await asked.begun
    await manager.unsubscribe(['B/USDT'])
    asked.settle()
    await subscribed
    expect(acme.venue.clients[0]?.streams).toEqual(new Set([a]))
  })
})

describe('a request that has to be signed and is not', () => {
  /** A manager whose requests are made at once, but for those while there is a `call` to wait for. */
  function signing(): { readonly bench: ManagerBench; call: Call | null } {
    const signer = { call: null as Call | null }
    const createSubscriptionMessages: SubscriptionStrategy['createSubscriptionMessages'] = async (
      action,
      streams,
      context,
    ) => {
      await signer.call?.wait()
      const requestId = context.nextRequestId()
      const payload = JSON.stringify({ op: action, id: requestId, streams: streams.map(({ id }) => id) })
      return [{ payload, action, requestId, wireChannel: 'any', streams }]
    }
    return Object.assign(signer, { bench: acme.build({ acme: { subscription: { createSubscriptionMessages } } }) })
  }

  test('is given up in time and told, what is asked for behind it goes its way, and a late signature changes nothing', async () => {
    const signer = signing()
    const { manager, clock } = signer.bench
    await signer.bench.start('A')
    const call = new Call()
    signer.call = call
    const failed = expect(manager.subscribe(['B/USDT'])).rejects.toMatchObject({
      code: 'ERR_SIGNING_FAILED',
      retryable: true,
      shortMessage: 'A request was not signed within 10000 ms.',
    })
    await call.begun
    signer.call = null
    const next = manager.subscribe(['C/USDT'])
    // Its own signature, which takes no time, is there; its turn has not come.
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(10_000)
    await failed
    await next
    call.settle()
    await manager.subscribe(['B/USDT'])
    const asked = acme.venue.clients[0]?.requests.filter(({ op }) => op === 'subscribe')
    expect(asked?.map(({ streams }) => streams)).toEqual([[a], ['book_ticker:C-USDT'], [b]])
  })

  test('after a reconnect ends that attempt, and another follows', async () => {
    const signer = signing()
    const { bench } = signer
    await bench.start('A')
    const call = new Call()
    signer.call = call
    acme.venue.clients[0]?.socket.close(1001)
    await call.begun
    signer.call = null
    bench.clock.advance(10_000)
    await bench.until(() => bench.states.filter((state) => state === 'reconnecting').length === 2)
    bench.clock.advance(5_000)
    await acme.venue.until(() => acme.venue.clients[2]?.streams.has(a) === true)
    expect(bench.states.slice(2)).toEqual(['reconnecting', 'connected', 'reconnecting', 'connected'])
  })
})
