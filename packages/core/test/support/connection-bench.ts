import { createEnv, type InboundFrame, type ParsedMessage } from '../../src/adapter.js'
import { chooseLogger, type Log } from '../../src/config/logger.js'
import { Connection } from '../../src/connection/connection.js'
import type {
  ConnectionOptions,
  ConnectionOwner,
  ConnectionStateChange,
} from '../../src/connection/connection-options.js'
import { ConnectionParsers } from '../../src/connection/connection-parsers.js'
import type { Failure } from '../../src/connection/failure.js'
import { FrameTap } from '../../src/connection/frame-tap.js'
import type { ConnectionState, StreamError } from '../../src/index.js'
import { ConnectionTimes } from '../../src/metrics/connection/connection-times.js'
import { ManualClock } from '../../src/testing.js'
import { type AcmeOptions, acmeStrategies } from './acme-exchange.js'
import { Waiting } from './waiting.js'

/** The acme exchange's policy has no longer delay; deadlines and pings take longer. */
const longestDelayMs = 5_000

/** A turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** One connection on a clock that stands still, with everything it tells its owner written down. */
export class ConnectionBench {
  readonly clock: ManualClock = new ManualClock()
  readonly times: ConnectionTimes = new ConnectionTimes(this.clock.now())
  readonly tap: FrameTap = new FrameTap('acme_spot', this.clock)
  readonly states: ConnectionState[] = []
  /** The same in full. */
  readonly changes: ConnectionStateChange[] = []
  readonly errors: StreamError[] = []
  readonly frames: string[] = []
  readonly losses: Failure[] = []
  readonly takeOvers: string[] = []
  readonly faults: StreamError[] = []
  /** Each time the breaker opened that was closed. */
  readonly openings: StreamError[] = []
  readonly connection: Connection
  /** What the owner does when the connection is open. */
  onOpen: () => Promise<void> = async () => {}
  onState: (state: ConnectionState) => void = () => {}
  onLost: (failure: Failure) => void = () => {}
  /** How long it waited before each attempt to be back, ms; 0 is at once. */
  readonly delays: number[] = []
  /** What was read already when it was handed on. */
  readonly read: ParsedMessage[] = []
  readonly #waiting = new Waiting()
  readonly #log: Log = {
    ...chooseLogger(undefined),
    info: ({ event, delayMs }) => {
      if (event === 'reconnecting') this.delays.push(delayMs as number)
    },
  }

  constructor(acme: AcmeOptions, options: Partial<ConnectionOptions> = {}) {
    const owner: ConnectionOwner = {
      onAttached: () => {},
      onFrame: (frame) => this.#onFrame(frame),
      onReadFrame: (frame, messages) => {
        this.read.push(...messages)
        this.#onFrame(frame)
      },
      onOpen: () => this.onOpen(),
      onLost: (failure) => {
        this.losses.push(failure)
        this.onLost(failure)
        this.#waiting.wake()
      },
      onStateChange: (change) => {
        const { state, error } = change
        this.changes.push(change)
        this.states.push(state)
        if (error !== null) this.errors.push(error)
        this.onState(state)
        this.#waiting.wake()
      },
      onTakeOverWanted: (reason) => void this.takeOvers.push(reason),
      onStrategyFault: (error) => void this.faults.push(error),
      onBreakerOpened: (error) => void this.openings.push(error),
    }
    const { connectionStrategy: strategy, messageParser } = acmeStrategies(acme)
    let lastRequestId = 0
    this.connection = new Connection({
      strategy,
      parsers: new ConnectionParsers(messageParser),
      owner,
      policy: strategy.reconnectionPolicy,
      lane: 0,
      tap: this.tap.of('acme_spot#1'),
      times: this.times,
      breakerIntervalMs: 30_000,
      reconnectTimeLimitMs: 0,
      connectTimeoutMs: 15_000,
      closeTimeoutMs: 1_000,
      clientMessagesPerSecond: 1_000,
      permit: null,
      nextRequestId: () => {
        lastRequestId += 1
        return lastRequestId
      },
      env: createEnv({ clock: this.clock, random: () => 0.5, log: this.#log }),
      ...options,
    })
  }

  #onFrame(frame: InboundFrame): void {
    this.frames.push(frame.bytes.toString('utf8', frame.start, frame.end))
    this.#waiting.wake()
  }

  /** Resolves once `condition` holds; asked anew whenever the owner is told something. */
  until(condition: () => boolean): Promise<void> {
    return this.#waiting.until(condition)
  }

  /** Lets each delay before an attempt pass, and no deadline of one nor of a socket's end, until `condition` holds. */
  async advanceUntil(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const nextInMs = this.clock.nextTimerInMs
      const waits = this.connection.state === 'reconnecting' && nextInMs !== null && nextInMs <= longestDelayMs
      if (waits) this.clock.advance(nextInMs)
      await turn()
    }
  }

  /** Lets the wait of an open breaker pass before each attempt, until `condition` holds. */
  async passBreaker(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { breaker, nextAttemptAt } = this.connection
      if (breaker === 'open' && nextAttemptAt !== null) this.clock.advance(nextAttemptAt - this.clock.now())
      await turn()
    }
  }
}
