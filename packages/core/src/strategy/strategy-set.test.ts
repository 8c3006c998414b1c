import { describe, expect, test } from 'vitest'
import { acmeStrategies } from '../../test/support/acme-exchange.js'
import { StreamError } from '../errors/stream-error.js'
import { type StrategySetParts, WebSocketStrategySet } from './strategy-set.js'

const acme = acmeStrategies({ url: 'ws://127.0.0.1:9/' })

function faultsOf(parts: unknown): string {
  try {
    new WebSocketStrategySet(parts as StrategySetParts)
  } catch (thrown) {
    if (thrown instanceof StreamError && thrown.code === 'ERR_INVALID_STRATEGY') return thrown.shortMessage
    throw thrown
  }
  return 'none'
}

describe('a strategy set', () => {
  test('holds what it was built from', () => {
    expect(new WebSocketStrategySet(acme)).toEqual(acme)
  })

  test.each([[undefined], [null], [{}], [{ exchange: '', connectionStrategy: null, messageParser: 'x' }]])(
    'cannot be built from %j',
    (parts) => {
      expect(faultsOf(parts)).toMatchInlineSnapshot(
        `"The strategy set cannot be used: exchange has no name; connectionStrategy is missing; subscriptionStrategy is missing; messageParser is missing; limits.streamsPerConnection is not at least 1; limits.streamHeadroom is not at least 0; limits.clientMessagesPerSecond is not above 0."`,
      )
    },
  )

  test('is told of every missing method together', () => {
    const parts = { ...acme, messageParser: { parse: () => [] }, subscriptionStrategy: { plan: 'no' } }
    expect(faultsOf(parts)).toMatchInlineSnapshot(
      `"The strategy set cannot be used: subscriptionStrategy.plan is not a function; subscriptionStrategy.createSubscriptionMessages is not a function; messageParser.isControl is not a function."`,
    )
  })

  test.each([
    ['maxAttempts', Number.NaN],
    ['initialDelayMs', undefined],
    ['backoffFactor', 0.5],
    ['maxDelayMs', undefined],
  ])('cannot have a reconnection policy whose %s is %j', (field, value) => {
    const reconnectionPolicy = { ...acme.connectionStrategy.reconnectionPolicy, [field]: value }
    const parts = { ...acme, connectionStrategy: { ...acme.connectionStrategy, reconnectionPolicy } }
    expect(faultsOf(parts)).toContain(`reconnectionPolicy.${field} is not at least`)
  })

  test.each([
    ['streamsPerConnection', 0],
    ['streamHeadroom', undefined],
    ['clientMessagesPerSecond', 0],
    ['clientMessagesPerSecond', undefined],
  ])('cannot have limits whose %s is %j', (field, value) => {
    expect(faultsOf({ ...acme, limits: { ...acme.limits, [field]: value } })).toContain(`limits.${field} is not`)
  })

  test('may have no limits at all to what a connection carries', () => {
    const limits = { ...acme.limits, streamsPerConnection: Number.POSITIVE_INFINITY }
    expect(faultsOf({ ...acme, limits })).toBe('none')
  })
})
