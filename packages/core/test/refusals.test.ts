import { describe, expect, test } from 'vitest'
import { SubscriptionError, WebSocketStrategySet } from '../src/index.js'
import { acmeStrategies } from './support/acme-exchange.js'
import { carriedBy, type ManagerBench, streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()

/** The exchange answers the first request of its only client. */
function answerFirst(parts: object): void {
  const [client] = acme.venue.clients
  client?.socket.send(JSON.stringify({ ack: 'subscribe', id: client.requests[0]?.id, ...parts }))
}

/** A manager whose request for A and B is on its way. */
async function asking(bench: ManagerBench): Promise<{ readonly started: Promise<void> }> {
  acme.venue.answers = false
  const started = bench.start('A', 'B')
  await acme.venue.until(() => acme.venue.clients[0]?.requests.length === 1)
  return { started }
}

describe('a refusal', () => {
  test('of what is no stream of its request is reported', async () => {
    const bench = acme.build()
    const { started } = await asking(bench)
    answerFirst({ rejected: ['book_ticker:ZZZ-USDT'] })
    await started
    expect(bench.errors).toMatchObject([
      {
        code: 'ERR_SUBSCRIPTION_REJECTED',
        context: { Stream: 'book_ticker:ZZZ-USDT', 'Exchange code': '7' },
      },
    ])
    expect(bench.errors[0]?.shortMessage).toBe(
      'The exchange refused something that names no stream of its request: no such pair',
    )
  })

  test('of all that a request asked for, after it was accepted, is reported, and its streams have ended', async () => {
    const bench = acme.build()
    const { started } = await asking(bench)
    answerFirst({})
    await started
    answerFirst({ whole: 'too many' })
    await bench.until(() => bench.errors.length > 0)
    expect(bench.errors).toMatchObject([{ code: 'ERR_SUBSCRIPTION_REJECTED' }])
    for (const symbol of ['A/USDT', 'B/USDT']) {
      const state = bench.manager.streamState(symbol, 'book_ticker')
      expect(state).toMatchObject({ status: 'gapped', reason: 'refused by the exchange' })
    }
  })
})

describe('a request that is refused for one stream, which the exchange does not name,', () => {
  /** The bases of what was refused. */
  const refusedBy = (thrown: unknown): string[] =>
    (thrown as SubscriptionError).rejected.map(({ symbol }) => String(symbol).slice(0, 1))
  /** The bases of the streams each client has, in the order of the alphabet. */
  const carried = (): string[] => carriedBy(acme.venue).map((all) => [...all].sort().join(''))
  const refuse = (...bases: string[]): void => {
    acme.venue.refusesWhole = 'unnamed'
    for (const base of bases) acme.venue.refused.add(streamOf(base))
  }

  test('is asked for in halves, until the refused ones stand alone and the others are active', async () => {
    const bench = acme.build()
    refuse('B', 'F')
    const thrown = await bench.start('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H').catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(SubscriptionError)
    expect([refusedBy(thrown), carried()]).toEqual([['B', 'F'], ['ACDEGH']])
    expect((thrown as SubscriptionError).rejected[0]).toMatchObject({ exchangeCode: '8', reason: 'one is unknown' })
    expect(acme.venue.clients[0]?.requests.length).toBeLessThan(16)
    // Whoever asks again asks for what is not there, and for that alone.
    acme.venue.refused.delete(streamOf('B'))
    await bench.manager.subscribe(['A/USDT', 'B/USDT'])
    expect(acme.venue.clients[0]?.requests.at(-1)?.streams).toEqual([streamOf('B')])
  })

  test('costs nobody else anything after a reconnect: it alone is told', async () => {
    const bench = acme.build()
    await bench.start('A', 'B', 'C', 'D', 'E')
    refuse('D')
    acme.venue.clients[0]?.socket.terminate()
    await bench.until(() => bench.states.filter((state) => state === 'connected').length === 2)
    await bench.until(() => bench.errors.length === 1)
    await acme.venue.until(() => acme.venue.connected[0]?.streams.size === 4)
    expect(bench.errors.map(refusedBy)).toEqual([['D']])
    expect(carried()).toEqual(['ABCE'])
    expect(bench.states).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    const states = Object.fromEntries(bench.manager.streamStates().map(({ symbol, status }) => [symbol, status]))
    expect(states).toMatchObject({ 'A/USDT': 'syncing', 'D/USDT': 'gapped', 'E/USDT': 'syncing' })
  })

  /** Strategies of which the requests with these numbers, the first is 1, cannot be prepared. */
  function failingAt(...numbers: number[]): WebSocketStrategySet {
    const base = acmeStrategies({ url: acme.venue.url })
    let count = 0
    return new WebSocketStrategySet({
      ...base,
      subscriptionStrategy: {
        plan: (request) => base.subscriptionStrategy.plan(request),
        createSubscriptionMessages: (...asked) => {
          count += 1
          if (numbers.includes(count)) throw new TypeError('no vault')
          return base.subscriptionStrategy.createSubscriptionMessages(...asked)
        },
      },
    })
  }

  test('is left at the half that could not be prepared, and whoever waits is told why', async () => {
    const bench = acme.build({ strategies: failingAt(3) })
    await bench.start('A')
    refuse('B')
    await expect(bench.manager.subscribe(['B/USDT', 'C/USDT'])).rejects.toMatchObject({ code: 'ERR_INVALID_STRATEGY' })
    await bench.manager.subscribe(['C/USDT'])
    expect(carried()).toEqual(['AC'])
  })

  test('loses nothing that was live where a half cannot be prepared after a reconnect: the next attempt asks for all', async () => {
    const bench = acme.build({ strategies: failingAt(3) })
    await bench.start('A', 'B', 'C')
    refuse('B')
    acme.venue.clients[0]?.socket.terminate()
    await acme.venue.until(() => acme.venue.clients.length === 2)
    while (acme.venue.clients.length === 2) {
      const nextInMs = bench.clock.nextTimerInMs
      // The delay before the next attempt passes, deadlines do not.
      if (nextInMs !== null && nextInMs < 1_000) bench.clock.advance(nextInMs)
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    await acme.venue.until(() => acme.venue.connected[0]?.streams.size === 2)
    await bench.until(() => bench.errors.some(({ code }) => code === 'ERR_SUBSCRIPTION_REJECTED'))
    expect(carried()).toEqual(['AC'])
  })
})
