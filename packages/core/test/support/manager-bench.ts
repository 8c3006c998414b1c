import { afterEach, beforeEach } from 'vitest'
import {
  type ConnectionState,
  type FeedMessage,
  type StreamError,
  WebSocketManager,
  type WebSocketManagerOptions,
} from '../../src/index.js'
import { ManualClock } from '../../src/testing.js'
import { type AcmeOptions, acmeStrategies } from './acme-exchange.js'
import { AcmeVenue } from './acme-venue.js'
import { Waiting } from './waiting.js'

/** What a manager is built with here: its own options, and how the made-up exchange behaves towards it. */
export type BenchOptions = Partial<WebSocketManagerOptions> & { readonly acme?: Partial<AcmeOptions> }

/** A manager on a clock that stands still, with everything it says written down. */
export class ManagerBench {
  readonly clock: ManualClock = new ManualClock()
  readonly manager: WebSocketManager
  /** The values that were delivered, in order. */
  readonly values: number[] = []
  readonly states: ConnectionState[] = []
  readonly errors: StreamError[] = []
  /** `book_ticker BTC/USDT live` */
  readonly streams: string[] = []
  /** What the user's handler does. */
  onMessage: (message: FeedMessage) => void | PromiseLike<void> = () => {}
  onState: (state: ConnectionState) => void = () => {}
  readonly #waiting = new Waiting()

  constructor(url: string, { acme, ...options }: BenchOptions) {
    this.manager = new WebSocketManager({
      strategies: acmeStrategies({ url, ...acme }),
      clock: this.clock,
      random: () => 0.5,
      ...options,
      onMessage: (message) => {
        if (message.sequence !== null) this.values.push(message.sequence)
        const returned = this.onMessage(message)
        this.#waiting.wake()
        return returned
      },
      onConnectionState: ({ state }) => {
        this.states.push(state)
        this.onState(state)
        this.#waiting.wake()
      },
      onStreamState: ({ channel, symbol, status }) => {
        this.streams.push(`${channel} ${symbol} ${status}`)
        this.#waiting.wake()
      },
      onError: (error) => {
        this.errors.push(error)
        this.#waiting.wake()
      },
    })
  }

  /** Resolves once `condition` holds; asked anew whenever the manager says something. */
  until(condition: () => boolean): Promise<void> {
    return this.#waiting.until(condition)
  }

  /** Subscribes book tickers: `start('BTC')`. */
  start(...bases: string[]): Promise<void> {
    return this.manager.initialize({ symbols: bases.map((base) => `${base}/USDT`), channels: ['book_ticker'] })
  }

  /** Ends it, letting the time pass that a closing handshake may take. */
  async close(): Promise<void> {
    const closed = this.manager.close()
    this.clock.advance(1_000)
    await closed
  }
}

/** The wire stream of a book ticker: `streamOf('BTC')`. */
export const streamOf = (base: string): string => `book_ticker:${base}-USDT`

/** The bases of the streams a venue has for its clients, a text for each client: `['AB', 'C']`. */
export const carriedBy = (venue: AcmeVenue): string[] =>
  venue.connected.map(({ streams }) => [...streams].map((stream) => stream.slice(12, -5)).join(''))

/** For each test a venue of its own, and managers on it that are closed afterwards. */
export function useAcme(): { readonly venue: AcmeVenue; readonly build: (options?: BenchOptions) => ManagerBench } {
  let venue: AcmeVenue
  const benches: ManagerBench[] = []
  beforeEach(async () => {
    venue = await AcmeVenue.start()
  })
  afterEach(async () => {
    await Promise.all(benches.splice(0).map((bench) => bench.close()))
    await venue.close()
  })
  return {
    get venue() {
      return venue
    },
    build: (options = {}) => {
      const bench = new ManagerBench(venue.url, options)
      benches.push(bench)
      return bench
    },
  }
}
