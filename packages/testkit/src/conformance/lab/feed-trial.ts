import type {
  Channel,
  Credentials,
  EndpointOptions,
  Instrument,
  Stream,
  StreamState,
  WebSocketManagerOptions,
  WebSocketStrategySet,
} from '@tapewire/core'
import { StreamError } from '@tapewire/core'
import type { ConnectionContext, MessageParser, OutboundMessage, SubscriptionAction } from '@tapewire/core/adapter'
import { expectEqual, expectTrue, type FailureDetails, fail } from '../check-failure.js'
import { thrownAt } from '../thrown-at.js'
import { parserOf } from './corpus.js'
import type { Lab } from './lab.js'
import type { Stage, StagedManager } from './stage.js'
import { errorsTold, stateInWords, whyNotLive } from './told-errors.js'

/** Market data, or the account. */
export type FeedScope = 'public' | 'private'

/** What a trial asks for; what is left out is everything there is. */
export interface TrialWish {
  readonly scope?: FeedScope
  readonly channels?: readonly Channel[]
  readonly instruments?: readonly Instrument[]
  /** Of `public()` or `private()`. */
  readonly endpoints?: EndpointOptions
  /** Instead of those of the emulation's account. */
  readonly credentials?: Credentials
  /** Instead of new strategies. */
  readonly strategies?: WebSocketStrategySet
  readonly manager?: Partial<WebSocketManagerOptions>
}

/** How often the market, and the account, move where a trial has them move, ms. */
const movesEveryMs = 100
/** How long streams may take until they are live on a market that moves, ms: longer than any breaker waits. */
const recoveryMs = 180_000
/** How long the last traces of a closed manager may take to be gone, ms: the close frame has to arrive, and the exchange to answer it. */
const farewellMs = 15_000

/** The scopes that can be tried here. */
export function feedScopes(lab: Lab): readonly FeedScope[] {
  return lab.hasAccount ? ['public', 'private'] : ['public']
}

/** One manager on a stage, and what it is to be initialised with. */
export class FeedTrial {
  readonly stage: Stage
  readonly staged: StagedManager
  readonly request: { readonly symbols: readonly Instrument[]; readonly channels: readonly Channel[] }
  readonly scope: FeedScope
  readonly #newStrategies: () => WebSocketStrategySet
  readonly #strategies: WebSocketStrategySet

  constructor(lab: Lab, stage: Stage, wish: TrialWish = {}) {
    const { scope = 'public', endpoints = {}, credentials, manager = {} } = wish
    const isPublic = scope === 'public'
    this.#newStrategies = () => (isPublic ? lab.publicSet(endpoints) : lab.accountSet(endpoints, credentials))
    this.#strategies = wish.strategies ?? this.#newStrategies()
    this.stage = stage
    this.scope = scope
    this.staged = stage.manager(this.#strategies, manager)
    this.request = {
      symbols: wish.instruments ?? lab.instruments,
      channels: wish.channels ?? (isPublic ? lab.publicChannels : lab.privateChannels),
    }
  }

  get manager(): StagedManager['manager'] {
    return this.staged.manager
  }

  get record(): StagedManager['record'] {
    return this.staged.record
  }

  /** What its connection strategy says of a connection: asked for beside those that the manager makes. */
  async context(): Promise<ConnectionContext> {
    const { connectionStrategy } = this.#strategies
    const call = connectionStrategy.context(this.stage.env())
    return this.stage.settled(call, `context() of the ${this.scope} strategies should resolve`)
  }

  /** Whether pings are sent by the adapter itself. */
  get usesOwnHeartbeat(): boolean {
    return this.#strategies.connectionStrategy.heartbeat !== undefined
  }

  /** What is asked for, sorted. */
  plannedIds(): readonly string[] {
    return [...new Set(this.#planned(this.#newStrategies()).map(({ id }) => id))].sort()
  }

  /** A parser of new strategies that have planned what is asked for: reads what came over one connection, from its beginning. */
  parser(): MessageParser {
    const strategies = this.#newStrategies()
    this.#planned(strategies)
    return parserOf(strategies)
  }

  /** Initialises; fails where that rejects. */
  async start(): Promise<this> {
    const thrown = await this.rejection(this.manager.initialize(this.request), 'initialize() should settle')
    if (thrown === null) return this
    const file = thrownAt(thrown)?.file ?? null
    fail(`initialize() of the ${this.scope} channels rejects`, {
      got: { thrown, onError: errorsTold(this.record) },
      ...(file === null ? {} : { file }),
    })
  }

  /** What a call rejects with; null where it resolves. Fails where it does neither. */
  rejection(call: Promise<unknown>, what: string, limitMs?: number): Promise<unknown> {
    const settled = call.then(
      () => null,
      (thrown: unknown) => thrown ?? new Error('nothing at all was thrown'),
    )
    return this.stage.settled(settled, what, limitMs, () => this.#whyNotLive(null))
  }

  /** Has market and account move until every stream is live, except those of an instrument that is gone, and stops them. */
  async untilLive(gone: Instrument | null = null): Promise<void> {
    const isLive = (): boolean => this.#states.length > 0 && this.#waitedFor(gone).length === 0
    const why = (): FailureDetails => this.#whyNotLive(gone)
    // Attempts may be minutes apart, which a market that stands still passes much faster.
    await this.stage.until(
      () => this.manager.isConnected(),
      `the connection of the ${this.scope} channels should be up`,
      recoveryMs,
      why,
    )
    await this.moving(() =>
      this.stage.until(isLive, `every stream of the ${this.scope} channels should be live`, recoveryMs, why),
    )
  }

  /** Has market and account move meanwhile. */
  async moving<Result>(work: () => Promise<Result>): Promise<Result> {
    const { market, emulated } = this.stage
    market.start(movesEveryMs)
    if (this.scope === 'private') emulated.account?.start(movesEveryMs)
    try {
      return await work()
    } finally {
      market.stop()
      emulated.account?.stop()
    }
  }

  /** Streams that are not live, with why. */
  get notLive(): readonly string[] {
    return this.#waitedFor(null).map(stateInWords)
  }

  /** Those that are not live, except of an instrument that is gone. */
  #waitedFor(gone: Instrument | null): readonly StreamState[] {
    return this.#states.filter(({ status, symbol }) => status !== 'live' && (gone === null || symbol !== gone))
  }

  #whyNotLive(gone: Instrument | null): FailureDetails {
    return whyNotLive(this.#waitedFor(gone), this.record)
  }

  /** Closes it; fails where that does not resolve, or where anything is left of it. */
  async closeWhole(): Promise<void> {
    const thrown = await this.rejection(this.manager.close(), 'close() should resolve', 30_000)
    if (thrown !== null) fail('close() rejects', { got: thrown })
    await this.expectNothingLeft()
  }

  /** Fails where something is left of a manager that is closed, or whose start has failed: a connection, a request, a timer. */
  async expectNothingLeft(): Promise<void> {
    const { stage, staged } = this
    const isGone = (): boolean =>
      stage.network.connections.length === 0 && stage.network.pendingRequests === 0 && staged.clock.pendingTimers === 0
    const end = stage.clock.now() + farewellMs
    while (!isGone() && stage.clock.now() < end) await stage.pass(Math.min(500, end - stage.clock.now()))
    expectEqual(
      {
        connections: stage.network.connections.length,
        requests: stage.network.pendingRequests,
        timers: staged.clock.pendingTimers,
      },
      { connections: 0, requests: 0, timers: 0 },
      'something is left of a manager that is closed',
    )
    expectEqual(stage.network.failures, [], 'the emulation threw', { file: 'testing/session.ts' })
  }

  #planned({ subscriptionStrategy }: WebSocketStrategySet): readonly Stream[] {
    const { channels, symbols: instruments } = this.request
    return channels.flatMap((channel) => subscriptionStrategy.plan({ channel, instruments, candleIntervals: null }))
  }

  /** Messages by which its streams would be asked for, or ended, by hand, with ids that the manager does not reach. */
  async requests(action: SubscriptionAction): Promise<readonly OutboundMessage[]> {
    const strategies = this.#newStrategies()
    let lastId = 9_000_000
    const context = { ...this.stage.env(), nextRequestId: () => ++lastId }
    return strategies.subscriptionStrategy.createSubscriptionMessages(action, this.#planned(strategies), context)
  }

  get #states(): readonly StreamState[] {
    return this.manager.streamStates()
  }
}

/** Everything that the connections of now are subscribed to at the venue, sorted. */
export function streamsAtVenue({ venue }: Stage): readonly string[] {
  return venue.openSessions.flatMap(({ streams }) => streams).sort()
}

/** Every code that an error and its causes have. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof StreamError)) return []
  const causes = [...error.walk()].filter((cause): cause is StreamError => cause instanceof StreamError)
  return [...new Set(causes.map(({ code }) => code))]
}

/** Fails where an error has none of these codes. */
export function expectCode(error: unknown, codes: readonly string[], what: string): void {
  expectTrue(
    codesOf(error).some((code) => codes.includes(code)),
    what,
    { expected: codes.join(' or '), got: error === null ? 'nothing was thrown' : error },
  )
}
