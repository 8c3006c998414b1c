import { describe, expect, test } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import {
  assertStrategySet,
  claimStrategies,
  contractVersion,
  type StrategySetParts,
  WebSocketStrategySet,
} from './strategy-set.js'

const never = (): never => {
  throw new Error('not called by a set')
}

/** Parts as complete as a set asks for; nothing of them is ever called. */
const acme = {
  contract: contractVersion,
  exchange: 'acme_spot',
  connectionStrategy: {
    reconnectionPolicy: { maxAttempts: 5, initialDelayMs: 100, backoffFactor: 2, maxDelayMs: 5_000, resetOn1005: true },
    context: never,
    connect: never,
    authenticate: never,
    heartbeat: never,
    shouldReconnect: never,
  },
  subscriptionStrategy: { plan: never, createSubscriptionMessages: never },
  messageParser: { parse: never, peek: never },
  limits: {
    streamsPerConnection: 10,
    streamHeadroom: 0,
    clientMessagesPerSecond: 1_000,
    connectionLifetimeMs: Number.POSITIVE_INFINITY,
  },
}

const fresh = (): typeof acme => ({
  ...acme,
  subscriptionStrategy: { ...acme.subscriptionStrategy },
  messageParser: { ...acme.messageParser },
})

const setOf = (parts: unknown): WebSocketStrategySet => new WebSocketStrategySet(parts as StrategySetParts)

function faultsOf(parts: unknown): string {
  try {
    setOf(parts)
  } catch (thrown) {
    if (thrown instanceof StreamError && thrown.code === 'ERR_INVALID_STRATEGY') return thrown.shortMessage
    throw thrown
  }
  return 'none'
}

describe('a strategy set', () => {
  test('holds what it was built from', () => {
    expect(setOf(acme)).toMatchObject(acme)
  })

  test.each([[undefined], [null], [{}], [{ exchange: '', connectionStrategy: null, messageParser: 'x' }]])(
    'cannot be built from %j',
    (parts) => {
      expect(faultsOf(parts)).toMatchInlineSnapshot(
        `"The strategy set cannot be used: contract is not 2, the version of this core; exchange has no name; connectionStrategy is missing; subscriptionStrategy is missing; messageParser is missing; limits.streamsPerConnection is not at least 1; limits.streamHeadroom is not at least 0; limits.clientMessagesPerSecond is not above 0; limits.connectionLifetimeMs is not above 0."`,
      )
    },
  )

  test('is told of every missing method together', () => {
    const parts = { ...acme, messageParser: { parse: () => [] }, subscriptionStrategy: { plan: 'no' } }
    expect(faultsOf(parts)).toMatchInlineSnapshot(
      `"The strategy set cannot be used: subscriptionStrategy.plan is not a function; subscriptionStrategy.createSubscriptionMessages is not a function; messageParser.peek is not a function."`,
    )
  })

  test.each([
    [null, 'intervalMs is not at least 0; connectionStrategy.accountLook.latestExecutions is not a function'],
    [{ intervalMs: -1, latestExecutions: () => {} }, 'intervalMs is not at least 0'],
    [{ intervalMs: 1 }, 'latestExecutions is not a function'],
  ])('may look at an account, but not by %j', (accountLook, fault) => {
    const connectionStrategy = { ...acme.connectionStrategy, accountLook }
    expect(faultsOf({ ...acme, connectionStrategy })).toContain(`connectionStrategy.accountLook.${fault}.`)
  })

  test.each([
    [null, 'connectionStrategy.alertAdvice is no object'],
    [{ storm: 'x' }, 'connectionStrategy.alertAdvice.storm is no kind of alert'],
    [{ gap: '' }, 'connectionStrategy.alertAdvice.gap says nothing'],
    [{ gap: 'Wait.' }, 'none'],
  ])('may know what to do about alerts, but not by %j', (alertAdvice, fault) => {
    const connectionStrategy = { ...acme.connectionStrategy, alertAdvice }
    expect(faultsOf({ ...acme, connectionStrategy })).toContain(fault)
  })

  test('may do without a heartbeat, a login and upkeep, but not have something else in their place', () => {
    const { context, connect, shouldReconnect, reconnectionPolicy } = acme.connectionStrategy
    const connectionStrategy = { context, connect, shouldReconnect, reconnectionPolicy }
    expect(faultsOf({ ...acme, connectionStrategy })).toBe('none')
    const wrong = { ...connectionStrategy, heartbeat: 'ping', release: null }
    expect(faultsOf({ ...acme, connectionStrategy: wrong })).toMatchInlineSnapshot(
      `"The strategy set cannot be used: connectionStrategy.heartbeat is not a function; connectionStrategy.release is not a function."`,
    )
  })

  test('is not built with socket options that cannot be', () => {
    const build = (): unknown => new WebSocketStrategySet({ ...acme, socket: { transport: 'pigeon' as 'ws' } })
    expect(build).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: The socket cannot be opened with these options: transport must be one of ws, walker.  [ERR_UNSUPPORTED_OPTION]
      Known options: handshakeTimeoutMs, maxPayloadBytes, agent, transport.]
    `)
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
    ['connectionLifetimeMs', 0],
    ['connectionLifetimeMs', undefined],
  ])('cannot have limits whose %s is %j', (field, value) => {
    expect(faultsOf({ ...acme, limits: { ...acme.limits, [field]: value } })).toContain(`limits.${field} is not`)
  })

  test('may have book rules or none, and no wrong ones', () => {
    expect(faultsOf({ ...acme, bookRules: null })).toBe('none')
    expect(faultsOf({ ...acme, bookRules: { source: 'replace', depth: 20 } })).toBe('none')
    expect(faultsOf({ ...acme, bookRules: { source: 'replace', depth: 0 } })).toBe(
      'The strategy set cannot be used: bookRules.depth is neither null nor a whole number of at least 1.',
    )
  })

  test('may say how a gap ended, by a function', () => {
    expect(faultsOf({ ...acme, gapOutcome: async () => null })).toBe('none')
    expect(faultsOf({ ...acme, gapOutcome: null })).toBe('none')
    expect(faultsOf({ ...acme, gapOutcome: 'lost' })).toContain('gapOutcome is not a function')
  })

  test('may say how what was missed is fetched, and not half of it', () => {
    const backfill = {
      channels: ['trades'],
      identity: 'id',
      isPerInstrument: true,
      limit: { requests: 1, windowMs: 1_000 },
      fetchPage: never,
    }
    expect(faultsOf({ ...acme, backfill: null })).toBe('none')
    expect(faultsOf({ ...acme, backfill })).toBe('none')
    expect(faultsOf({ ...acme, backfill: 'yes' })).toContain('backfill is no object')
    expect(faultsOf({ ...acme, backfill: { chanels: ['trades'] } })).toMatchInlineSnapshot(
      `"The strategy set cannot be used: backfill.channels names no channel; backfill.identity is neither id nor content; backfill.isPerInstrument is neither true nor false; backfill.limit.requests is not a whole number of at least 1; backfill.limit.windowMs is not from 1 to 2147483647; backfill.fetchPage is not a function; backfill.chanels is no rule (did you mean channels?)."`,
    )
    expect(faultsOf({ ...acme, backfill: { ...backfill, channels: ['ticker'] } })).toMatchInlineSnapshot(
      `"The strategy set cannot be used: backfill.channels names ticker, which is none of trades, executions, orders."`,
    )
  })

  test('may have no limits at all to what a connection carries', () => {
    const limits = { ...acme.limits, streamsPerConnection: Number.POSITIVE_INFINITY }
    expect(faultsOf({ ...acme, limits })).toBe('none')
  })

  test('without a contract version is told so beside everything else', () => {
    expect(faultsOf({ ...acme, contract: undefined })).toMatchInlineSnapshot(
      `"The strategy set cannot be used: contract is not 2, the version of this core."`,
    )
  })

  test.each([[1], [3], ['2'], [null]])('for version %j of the contract is refused by that alone', (contract) => {
    // The rest may well be of another shape then, and its faults would say nothing.
    expect(() => setOf({ exchange: 'acme_spot', contract })).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_STRATEGY',
        shortMessage: `The adapter of acme_spot is written for version ${contract} of the strategy contract; this core has version 2.`,
        hint: 'Install the adapter and @tapewire/core in versions that fit each other.',
      }),
    )
  })

  test('serves one manager, once and for all', () => {
    const strategies = setOf(fresh())
    claimStrategies(strategies)
    expect(() => claimStrategies(strategies)).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: The subscriptionStrategy and messageParser of this strategy set of acme_spot belong to another manager.  [ERR_STRATEGIES_IN_USE]
      Make a set for each manager: call public() or private() of the definition again.]
    `)
    claimStrategies(setOf(fresh()))
  })

  test.each(['subscriptionStrategy', 'messageParser'] as const)('shares no %s with another manager', (part) => {
    const first = fresh()
    claimStrategies(setOf(first))
    const second = { ...fresh(), [part]: first[part] }
    expect(() => claimStrategies(setOf(second))).toThrow(
      expect.objectContaining({
        code: 'ERR_STRATEGIES_IN_USE',
        shortMessage: `The ${part} of this strategy set of acme_spot belongs to another manager.`,
      }),
    )
    // Refused, it took nothing.
    const other = part === 'messageParser' ? 'subscriptionStrategy' : 'messageParser'
    claimStrategies(setOf({ ...fresh(), [other]: second[other] }))
  })

  test('may share its connection strategy', () => {
    const { connectionStrategy } = fresh()
    for (let manager = 0; manager < 2; manager += 1) claimStrategies(setOf({ ...fresh(), connectionStrategy }))
  })

  test('is told from an object that looks like one, though it may be of another copy of core', () => {
    const set = setOf(fresh())
    expect(() => assertStrategySet({ ...set })).not.toThrow()
    expect(() => assertStrategySet(fresh() as unknown as WebSocketStrategySet)).toThrowErrorMatchingInlineSnapshot(`
      [StreamError: The strategies are no WebSocketStrategySet: it was never built.  [ERR_INVALID_STRATEGY]
      Call public() or private() of a definition, or build a set by new WebSocketStrategySet().]
    `)
    const { limits: _limits, ...rest } = set
    expect(() => assertStrategySet(rest as WebSocketStrategySet)).toThrow(
      /limits.streamsPerConnection is not at least 1/,
    )
  })
})
