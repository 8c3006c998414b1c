import { chooseLogger } from '../../src/config/logger.js'
import { Connection } from '../../src/connection/connection.js'
import type { ConnectionOptions, ConnectionOwner } from '../../src/connection/connection-options.js'
import type { Failure } from '../../src/connection/failure.js'
import { type ConnectionState, ManualClock, type StreamError } from '../../src/index.js'
import { type AcmeOptions, acmeStrategies } from './acme-exchange.js'
import { Waiting } from './waiting.js'

/** The acme exchange's policy has no longer delay; deadlines and pings take longer. */
const longestDelayMs = 5_000

/** A turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** One connection on a clock that stands still, with everything it tells its owner written down. */
export class ConnectionBench {
  readonly clock: ManualClock = new ManualClock()
  readonly states: ConnectionState[] = []
  readonly errors: StreamError[] = []
  readonly frames: string[] = []
  readonly losses: Failure[] = []
  readonly replacements: string[] = []
  readonly connection: Connection
  /** What the owner does when the connection is open. */
  onOpen: () => Promise<void> = async () => {}
  onState: (state: ConnectionState) => void = () => {}
  onLost: (failure: Failure) => void = () => {}
  readonly #waiting = new Waiting()

  constructor(acme: AcmeOptions, options: Partial<ConnectionOptions> = {}) {
    const owner: ConnectionOwner = {
      onFrame: (frame) => {
        this.frames.push(frame.bytes.toString('utf8', frame.start, frame.end))
        this.#waiting.wake()
      },
      onOpen: () => this.onOpen(),
      onLost: (failure) => {
        this.losses.push(failure)
        this.onLost(failure)
        this.#waiting.wake()
      },
      onStateChange: ({ state, error }) => {
        this.states.push(state)
        if (error !== null) this.errors.push(error)
        this.onState(state)
        this.#waiting.wake()
      },
      onReplaceWanted: (reason) => void this.replacements.push(reason),
    }
    const strategy = acmeStrategies(acme).connectionStrategy
    this.connection = new Connection({
      strategy,
      owner,
      policy: strategy.reconnectionPolicy,
      connectTimeoutMs: 15_000,
      closeTimeoutMs: 1_000,
      clientMessagesPerSecond: 1_000,
      clock: this.clock,
      random: () => 0.5,
      log: chooseLogger(undefined),
      ...options,
    })
  }

  /** Resolves once `condition` holds; asked anew whenever the owner is told something. */
  until(condition: () => boolean): Promise<void> {
    return this.#waiting.until(condition)
  }

  /** Lets each delay before an attempt pass, and no deadline of one, until `condition` holds. */
  async advanceUntil(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const nextInMs = this.clock.nextTimerInMs
      if (nextInMs !== null && nextInMs <= longestDelayMs) this.clock.advance(nextInMs)
      await turn()
    }
  }
}
