import { systemClock, systemRandom } from '../clock/clock.js'
import { sharedSignal } from '../clock/shared-signal.js'
import { canGenerateCode } from '../config/code-generation.js'
import { defaultSocketSettings, resolveSocketSettings } from '../config/endpoint-options.js'
import { chooseLogger } from '../config/logger.js'
import { resolveManagerConfig } from '../config/manager-config.js'
import { withOverrides } from '../connection/connection-options.js'
import { ConnectionParsers } from '../connection/connection-parsers.js'
import { askStrategy } from '../connection/strategy-fault.js'
import { toStreamError } from '../errors/stream-error.js'
import type { GroupOwner } from '../group/group.js'
import { Groups } from '../group/groups.js'
import { createMeasurement } from '../metrics/measurement.js'
import type { StreamState } from '../model/stream.js'
import type { SessionSettings } from '../session/session.js'
import type { StrategyEnv } from '../strategy/env.js'
import { assertStrategySet, claimStrategies, type WebSocketStrategySet } from '../strategy/strategy-set.js'
import { StreamStates } from '../stream/stream-states.js'
import { MachineNetwork } from '../transport/machine-network.js'
import { Announcer } from './announcer.js'
import { closedError } from './closed-error.js'
import { Delivery } from './delivery.js'
import { keepBooks } from './keep-books.js'
import { Lookout } from './lookout.js'
import type { WebSocketManagerOptions } from './manager-options.js'
import { PulledStreams } from './pulled-streams.js'
import { Refusals } from './refusals.js'
import { SessionAnswers } from './session-answers.js'
import { type StreamKeepers, Subscriptions } from './subscriptions.js'
import { watchGaps } from './watch-gaps.js'
import { Wire } from './wire.js'

/** What one manager consists of: put together once, begun and ended together. What each part does is its own matter; here is who knows whom, and the order of the end. */
export class ManagerParts {
  readonly strategies: WebSocketStrategySet
  readonly keepers: StreamKeepers
  readonly lookout: Lookout
  readonly pulled: PulledStreams
  readonly subscriptions: Subscriptions
  readonly wire: Wire
  readonly #env: StrategyEnv
  /** Null where the user brought a network. */
  readonly #machine: MachineNetwork | null
  /** Ends whatever the strategies are still at, when closed. */
  readonly #life = new AbortController()
  readonly #answers: SessionAnswers
  readonly #delivery: Delivery
  #lastRequestId = 0

  /** Of options that are of the right kinds (`checkManagerOptions`). Throws as the constructor of a manager does. */
  constructor(options: WebSocketManagerOptions) {
    const { strategies, clock = systemClock, network, flightRecorder, limiter = null } = options
    assertStrategySet(strategies)
    this.strategies = strategies
    const config = resolveManagerConfig(options.config)
    const { exchange, messageParser } = strategies
    const machine = new MachineNetwork(clock)
    this.#machine = network === undefined ? machine : null
    const wire = new Wire({ exchange, clock, network: network ?? machine, parser: messageParser, flightRecorder })
    this.wire = wire
    const env = this.#makeEnv(options)
    this.#env = env
    const announcer = new Announcer(exchange, options, env.log, {
      before: wire.overhear,
      after: (event, payload) => this.lookout.hear(event, payload),
    })
    const onState = (state: StreamState): void => this.#onStreamState(state)
    const books = keepBooks(strategies, options, {
      env,
      announcer,
      onState,
      resubscribe: (stream, onEnded) => this.subscriptions.resubscribe(stream, onEnded),
    })
    const gaps = watchGaps(strategies, config, {
      env,
      announcer,
      books,
      handOver: (message) => this.#delivery.handOver(message),
    })
    const states = new StreamStates({
      clock,
      onChange: onState,
      isBook: (stream) => books?.has(stream) === true,
      onForgotten: (stream) => gaps.abandon([stream], 'not subscribed any more'),
    })
    const measurement = config.enablePerformanceTracking ? createMeasurement() : null
    const parsers = new ConnectionParsers(messageParser)
    wire.show(options, announcer)
    wire.trace(env.log)
    const policy = withOverrides(strategies.connectionStrategy.reconnectionPolicy, options.config ?? {})
    const nextRequestId = (): number => this.nextRequestId()
    const tap = wire.frames
    const shared = { strategies, parsers, config, policy, tap, measurement, env, nextRequestId, limiter }
    const groups = this.#makeGroups(shared)
    const refusals = new Refusals(exchange, () => groups.all.reduce((sum, { size }) => sum + size, 0))
    const keepers = { groups, states, books, gaps, refusals, announcer }
    this.keepers = keepers
    const pulled = new PulledStreams(states, groups)
    this.pulled = pulled
    this.#delivery = new Delivery({ states, books, pulled, options })
    const subscriptions = new Subscriptions(keepers)
    this.subscriptions = subscriptions
    this.#answers = new SessionAnswers({ exchange, log: env.log, keepers, subscriptions, pulled })
    const { flight } = wire
    const looked = { keepers, parsers, measurement, machine: this.#machine, flight }
    const { alertAdvice: advice } = strategies.connectionStrategy
    this.lookout = new Lookout({ exchange, advice, env, config, options, ...looked })
    claimStrategies(strategies)
    if (!canGenerateCode) env.log.warn({ event: 'no-fast-decoders', reason: 'code may not be made from strings' })
  }

  /** Counts up from 1, over all connections. */
  nextRequestId(): number {
    this.#lastRequestId += 1
    return this.#lastRequestId
  }

  /** Ends everything, for good. */
  async close(): Promise<void> {
    const { groups, states, books } = this.keepers
    const written = this.lookout.close()
    await groups.close()
    // Who still asks afterwards must not be told that they deliver.
    states.mark(states.wanted, 'gapped', 'closed')
    books?.close()
    this.pulled.end()
    await this.release()
    this.#life.abort(closedError())
    this.#machine?.close()
    await written
    this.#env.log.debug({ event: 'closed' })
  }

  /** Gives back what the exchange holds for connections that are gone. Never rejects. */
  async release(): Promise<void> {
    try {
      await askStrategy('release', async () => this.strategies.connectionStrategy.release?.(this.#env))
    } catch (thrown) {
      const what = 'What the exchange holds for this connection could not be given back.'
      this.keepers.announcer.report(toStreamError(thrown, 'ERR_REST_FAILED', what))
    }
  }

  #makeEnv({
    clock = systemClock,
    random = systemRandom,
    logger,
    logLevel,
    agent,
  }: WebSocketManagerOptions): StrategyEnv {
    const { exchange, socket } = this.strategies
    return {
      signal: sharedSignal(this.#life.signal),
      clock,
      random,
      log: chooseLogger(logger, logLevel).child({ exchange }),
      report: (error) => this.keepers.announcer.report(error),
      onClockOffset: (offsetMs, uncertaintyMs) => this.lookout.alerts?.hear({ kind: 'clock', offsetMs, uncertaintyMs }),
      socket: resolveSocketSettings(socket, { ...defaultSocketSettings, agent }),
      network: this.wire.network,
    }
  }

  #makeGroups(settings: SessionSettings): Groups {
    const owner: GroupOwner = {
      deliver: (message, isLate) => this.#delivery.deliver(message, isLate),
      tell: (group, event, connectionId) => {
        if (event.kind === 'lost') this.lookout.silence.beginAnew(group)
        this.#answers.answer(group, event, connectionId)
      },
    }
    return new Groups({
      settings,
      owner,
      onUncarried: (streams, why) => this.subscriptions.onUncarried(streams, why),
    })
  }

  #onStreamState(state: StreamState): void {
    const { stream, status, reason } = state
    this.#env.log.debug({ event: 'stream-state', stream: stream.id, status, reason })
    this.keepers.announcer.tell('stream', state)
    this.keepers.gaps.onState(state)
  }
}
