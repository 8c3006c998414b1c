import { describe, expect, test } from 'vitest'
import type { ConnectionStrategy, MessageParser, SubscriptionStrategy } from '../src/adapter.js'
import { WebSocketStrategySet } from '../src/index.js'
import { acmeStrategies } from './support/acme-exchange.js'
import { streamOf, useAcme } from './support/manager-bench.js'

const acme = useAcme()
const mistake = new TypeError('undefined is not what was meant')
const failing = (): never => {
  throw mistake
}

interface Parts {
  readonly connection?: Partial<ConnectionStrategy>
  readonly subscription?: Partial<SubscriptionStrategy>
  readonly forConnection?: () => MessageParser
}

/** The made-up exchange with these methods in place of its own. */
function strategiesWith({ connection = {}, subscription, forConnection }: Parts): WebSocketStrategySet {
  const set = acmeStrategies({ url: acme.venue.url, connection })
  const { messageParser } = set
  return new WebSocketStrategySet({
    ...set,
    subscriptionStrategy: { ...set.subscriptionStrategy, ...subscription },
    messageParser:
      forConnection === undefined
        ? messageParser
        : {
            peek: (frame) => messageParser.peek(frame),
            parse: (frame) => messageParser.parse(frame),
            forConnection,
          },
  })
}

const toldAs = (method: string): object => ({
  code: 'ERR_INVALID_STRATEGY',
  shortMessage: `The adapter failed in ${method}().`,
  cause: mistake,
})

describe('a mistake in the adapter is told as one', () => {
  test('in plan()', async () => {
    const bench = acme.build({ strategies: strategiesWith({ subscription: { plan: failing } }) })
    await expect(bench.start('A')).rejects.toMatchObject(toldAs('plan'))
  })

  test('in createRequest()', async () => {
    const bench = acme.build({ strategies: strategiesWith({ subscription: { createRequest: failing } }) })
    await bench.start('A')
    await expect(bench.manager.request({ op: 'order' })).rejects.toMatchObject(toldAs('createRequest'))
  })

  test('in a createRequest() that returns no text, of which nothing is sent', async () => {
    const createRequest = (() => undefined) as unknown as () => string
    const bench = acme.build({ strategies: strategiesWith({ subscription: { createRequest } }) })
    await bench.start('A')
    await expect(bench.manager.request({ op: 'order' })).rejects.toMatchObject({ code: 'ERR_INVALID_STRATEGY' })
    expect(acme.venue.clients[0]?.requests).toHaveLength(1)
  })

  test('in forConnection()', async () => {
    const bench = acme.build({ strategies: strategiesWith({ forConnection: failing }) })
    await expect(bench.start('A')).rejects.toMatchObject(toldAs('forConnection'))
  })

  test('in the forConnection() of a take-over, which leaves the old connection in place', async () => {
    let made = 0
    const { messageParser } = acmeStrategies({ url: acme.venue.url })
    const forConnection = (): MessageParser => {
      made += 1
      return made === 1 ? messageParser : failing()
    }
    const bench = acme.build({ strategies: strategiesWith({ forConnection }) })
    await bench.start('A')
    acme.venue.clients[0]?.socket.send(JSON.stringify({ upgrade: true }))
    await bench.until(() => bench.errors.length === 1)
    expect(bench.errors).toMatchObject([toldAs('forConnection')])
    acme.venue.push(streamOf('A'), 1)
    await bench.until(() => bench.values.length === 1)
  })

  test('in release(), where a REST call that failed is told as that', async () => {
    for (const [thrown, told] of [
      [mistake, toldAs('release')],
      [new Error('503'), { code: 'ERR_REST_FAILED' }],
    ] as const) {
      const release = async (): Promise<void> => {
        throw thrown
      }
      const bench = acme.build({ strategies: strategiesWith({ connection: { release } }) })
      await bench.start('A')
      await bench.close()
      expect(bench.errors).toMatchObject([told])
    }
  })
})
