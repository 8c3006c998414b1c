import { describe, expect, test } from 'vitest'
import { type ReplyData, type StreamError, WebSocketStrategySet } from '../src/index.js'
import type { ReplyOptions } from '../src/session/replies.js'
import { acmeStrategies } from './support/acme-exchange.js'
import { type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const order = { op: 'order', streams: [] }

/** A manager on an exchange that takes one message in two seconds, so that a request has to wait for its turn. */
async function startedSlowly(): Promise<ManagerBench> {
  const bench = acme.build({ acme: { limits: { clientMessagesPerSecond: 1 } } })
  await bench.start('A')
  return bench
}

const operations = (): readonly string[] =>
  acme.venue.clients.flatMap(({ requests }) => requests.map(({ op }) => op as string))

/** Lets the rate give everybody a turn, and waits until what went out then has arrived. */
async function letAllGo(bench: ManagerBench): Promise<void> {
  const sent = bench.manager.sendMessage({ op: 'last', streams: [] })
  bench.clock.advance(4_000)
  bench.clock.advance(4_000)
  await sent
  await acme.venue.until(() => operations().includes('last'))
}

describe('a request that waits for its turn', () => {
  test('is never sent once its signal was aborted', async () => {
    const bench = await startedSlowly()
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const asked = bench.manager.request(order, { signal: controller.signal })
    const refused = expect(asked).rejects.toBe(reason)
    controller.abort(reason)
    await refused
    await letAllGo(bench)
    expect(operations()).not.toContain('order')
  })

  test('is never sent once it was told that its turn did not come in time', async () => {
    const bench = await startedSlowly()
    const asked = bench.manager.request(order, { timeoutMs: 500 })
    const refused = expect(asked).rejects.toMatchObject({ code: 'ERR_NOT_SENT' })
    bench.clock.advance(500)
    await refused
    await letAllGo(bench)
    expect(operations()).not.toContain('order')
  })

  test('is refused at once where a thousand wait already, and so is a message', async () => {
    const bench = await startedSlowly()
    const asked = Array.from({ length: 1_000 }, () => bench.manager.request(order).catch((thrown: unknown) => thrown))
    const refusal = { code: 'ERR_NOT_SENT', shortMessage: 'A message was not sent: 1000 wait for their turn already.' }
    await expect(bench.manager.request(order)).rejects.toMatchObject(refusal)
    await expect(bench.manager.sendMessage(order)).rejects.toMatchObject(refusal)
    acme.venue.clients[0]?.socket.terminate()
    expect(new Set((await Promise.all(asked)).map((thrown) => (thrown as StreamError).code))).toEqual(
      new Set(['ERR_CONNECTION_CLOSED']),
    )
  })

  test('has its whole time to be answered once it is sent', async () => {
    const bench = await startedSlowly()
    acme.venue.withholds = () => true
    const asked = bench.manager.request(order, { timeoutMs: 2_500 })
    bench.clock.advance(2_000)
    await acme.venue.until(() => operations().includes('order'))
    bench.clock.advance(2_499)
    acme.venue.release()
    expect(await asked).toMatchObject({ ok: true })
  })

  test('was not sent where its connection is lost first', async () => {
    const bench = await startedSlowly()
    const asked = bench.manager.request(order)
    const refused = expect(asked).rejects.toMatchObject({ code: 'ERR_CONNECTION_CLOSED' })
    acme.venue.clients[0]?.socket.terminate()
    await refused
    expect(operations()).not.toContain('order')
  })
})

describe('the id of a login', () => {
  test('is no other request’s, of that connection or of the next', async () => {
    const ids: number[] = []
    const bench = acme.build({
      acme: {
        context: { authRequired: true },
        connection: {
          authenticate: async ({ nextRequestId, request }) => {
            ids.push(nextRequestId())
            await request(JSON.stringify({ op: 'login', id: ids.at(-1), streams: [] }))
          },
        },
      },
    })
    await bench.start('A')
    await bench.manager.request(order)
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.at(-1) === 'reconnecting')
    bench.clock.advance(5_000)
    await bench.until(() => bench.states.at(-1) === 'connected')
    await acme.venue.until(() => acme.venue.clients[1]?.streams.has(streamOf('A')) === true)
    const sent = acme.venue.clients.flatMap(({ requests }) => requests.map(({ id }) => id))
    expect([ids.length, new Set(sent).size]).toEqual([2, sent.length])
    expect(sent).toHaveLength(5)
  })
})

describe('a request that went out', () => {
  test('may have been carried out where its connection is lost before the answer', async () => {
    const bench = acme.build()
    await bench.start('A')
    acme.venue.withholds = () => true
    const asked = bench.manager.request(order)
    const refused = expect(asked).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN' })
    await acme.venue.until(() => operations().includes('order'))
    acme.venue.clients[0]?.socket.terminate()
    await refused
  })

  test('may have been carried out where the manager is closed before the answer, and was not where it still waited', async () => {
    const bench = await startedSlowly()
    acme.venue.withholds = () => true
    const sent = expect(bench.manager.request(order)).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN' })
    bench.clock.advance(2_000)
    await acme.venue.until(() => operations().includes('order'))
    const unsent = expect(bench.manager.request(order)).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await bench.close()
    await Promise.all([sent, unsent])
    expect(bench.clock.pendingTimers).toBe(0)
  })

  test('that is no message is refused, and not thrown at the socket', async () => {
    const bench = acme.build()
    await bench.start('A')
    for (const nothing of [undefined, () => {}]) {
      const sent = bench.manager.sendMessage(nothing as never)
      await expect(sent).rejects.toMatchObject({ code: 'ERR_INVALID_CONFIG' })
    }
  })

  /** A request on the old connection, the sessions having changed places meanwhile. */
  async function askedBeforeTakeOver(bench: ManagerBench): Promise<{ asked: Promise<ReplyData> }> {
    await bench.start('A')
    acme.venue.withholds = ({ op }) => (op as string) === 'order'
    const asked = bench.manager.request(order, { timeoutMs: 60_000 })
    asked.catch(() => {})
    await acme.venue.until(() => operations().includes('order'))
    acme.venue.clients[0]?.socket.send(JSON.stringify({ upgrade: true }))
    await acme.venue.until(() => acme.venue.clients[1]?.streams.has(streamOf('A')) === true)
    while (!acme.venue.clients[1]?.requests.some(({ op }) => (op as string) === 'first')) {
      await bench.manager.sendMessage({ op: 'first', streams: [] })
      await new Promise((resolve) => setImmediate(resolve))
    }
    return { asked }
  }

  test('is answered by the old connection while another takes over, and that one closes then', async () => {
    const bench = acme.build()
    const { asked } = await askedBeforeTakeOver(bench)
    expect(acme.venue.connected).toHaveLength(2)
    acme.venue.release()
    expect(await asked).toMatchObject({ ok: true })
    await acme.venue.until(() => acme.venue.connected.length === 1)
  })

  test('holds up a take-over no longer than an acknowledgement may take', async () => {
    const bench = acme.build()
    const { asked } = await askedBeforeTakeOver(bench)
    bench.clock.advance(9_999)
    expect(acme.venue.connected).toHaveLength(2)
    bench.clock.advance(1)
    await expect(asked).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN' })
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
  })

  test('does not hold up a take-over where its connection is lost', async () => {
    const bench = acme.build()
    const { asked } = await askedBeforeTakeOver(bench)
    acme.venue.clients[0]?.socket.terminate()
    await expect(asked).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN' })
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
  })
})

describe('a connection that is open again and cannot be restored', () => {
  test('is lost like any other: a request that went out on it may have been carried out', async () => {
    const set = acmeStrategies({ url: acme.venue.url })
    let made = 0
    let giveUp = (_reason: Error): void => {}
    const strategies = new WebSocketStrategySet({
      ...set,
      bookRules: undefined as never,
      subscriptionStrategy: {
        plan: (request) => set.subscriptionStrategy.plan(request),
        createRequest: (payload, requestId) => JSON.stringify({ ...payload, id: requestId }),
        createSubscriptionMessages: async (...parts) => {
          made += 1
          if (made === 2) await new Promise((_resolve, reject) => (giveUp = reject))
          return set.subscriptionStrategy.createSubscriptionMessages(...parts)
        },
      },
    })
    const bench = acme.build({ strategies })
    await bench.start('A')
    acme.venue.withholds = ({ op }) => (op as string) === 'order'
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.at(-1) === 'reconnecting')
    bench.clock.advance(1_000)
    await bench.until(() => bench.states.at(-1) === 'connected')
    const refused = expect(bench.manager.request(order)).rejects.toMatchObject({ code: 'ERR_OUTCOME_UNKNOWN' })
    await acme.venue.until(() => operations().includes('order'))
    giveUp(new Error('no key'))
    await refused
    await bench.until(() => bench.states.at(-1) === 'reconnecting')
    bench.clock.advance(5_000)
    await bench.until(() => bench.states.at(-1) === 'connected')
    await acme.venue.until(() => acme.venue.clients[2]?.streams.has(streamOf('A')) === true)
  })
})

describe('the options of a request', () => {
  test.each<[string, object, RegExp]>([
    ['a key that is unknown', { timeout: 5 }, /timeout is not an option \(did you mean timeoutMs\?\)/],
    ['no time at all', { timeoutMs: 0 }, /timeoutMs must be >= 1/],
    ['a time before now', { timeoutMs: -5 }, /timeoutMs must be >= 1/],
    ['more than ten minutes', { timeoutMs: 600_001 }, /timeoutMs must be <= 600000/],
    ['a time that is no number', { timeoutMs: Number.NaN }, /timeoutMs must be integer/],
    ['a time as text', { timeoutMs: '5' }, /timeoutMs must be integer/],
    ['a controller in place of its signal', { signal: new AbortController() }, /signal must be an AbortSignal/],
  ])('are refused, and nothing is sent, with %s', async (_what, options, message) => {
    const bench = acme.build()
    await bench.start('A')
    const asked = bench.manager.request(order, options)
    await expect(asked).rejects.toMatchObject({ code: 'ERR_INVALID_CONFIG', message: expect.stringMatching(message) })
    await letAllGo(bench)
    expect(operations()).not.toContain('order')
  })

  test('may be the least and the most, and undefined', async () => {
    const bench = acme.build()
    await bench.start('A')
    for (const timeoutMs of [1, 600_000])
      expect(await bench.manager.request(order, { timeoutMs })).toMatchObject({ ok: true })
    const nothing = { timeoutMs: undefined, signal: undefined } as unknown as ReplyOptions
    expect(await bench.manager.request(order, nothing)).toMatchObject({ ok: true })
  })
})
