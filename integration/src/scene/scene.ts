import {
  createPrivateExchange,
  createPublicExchange,
  type ExchangeFeed,
  type Instrument,
  type OrderBook,
  type PrivateExchangeOptions,
  type PublicExchangeOptions,
  parseInstrument,
  WebSocketManager,
  type WebSocketManagerOptions,
} from '@tapewire/core'
import { type EmulatedVenue, startVenueServer, type VenueServer } from '@tapewire/testkit'
import { isTrue } from './book-truth.js'
import type { EmulatedExchange } from './exchanges.js'
import { FeedRecord } from './feed-record.js'
import { connectTimeoutMs, ObservedClock } from './observed-clock.js'
import { VenueWatch } from './venue-watch.js'
import { Waiting } from './waiting.js'

export interface SceneOptions {
  readonly pairs?: readonly Instrument[]
  /** Levels a side of each book; few by default, which is quick. */
  readonly levels?: number
  /** When it begins, epoch ms; as a manual clock does where not given. */
  readonly startAt?: number
}

export const btc: Instrument = parseInstrument('BTC/USDT')
export const eth: Instrument = parseInstrument('ETH/USDT')
export const sol: Instrument = parseInstrument('SOL/USDT')

/** Longer than any scene is, in its own time. */
const longestMs = 200_000

/** A feed and what it has told. */
export interface RecordedFeed {
  readonly feed: ExchangeFeed
  readonly record: FeedRecord
}

const open = new Set<{ close(): Promise<void> }>()

/** An emulated exchange on a loopback port, and clients of it, on one manual clock; its market moves when told to. */
export class Scene<Emulation extends EmulatedVenue = EmulatedVenue> {
  readonly exchange: EmulatedExchange<Emulation>
  readonly server: VenueServer
  readonly seen: VenueWatch<Emulation>
  readonly clock: ObservedClock
  readonly until: (condition: () => boolean) => Promise<void>
  readonly #waiting: Waiting
  #passedMs = 0
  readonly #clients: { close(): Promise<void> }[] = []

  private constructor(
    exchange: EmulatedExchange<Emulation>,
    parts: {
      server: VenueServer
      seen: VenueWatch<Emulation>
      clock: ObservedClock
      waiting: Waiting
    },
  ) {
    this.exchange = exchange
    this.server = parts.server
    this.seen = parts.seen
    this.clock = parts.clock
    this.#waiting = parts.waiting
    this.until = (condition) => parts.waiting.until(condition)
  }

  static async open<Emulation extends EmulatedVenue>(
    exchange: EmulatedExchange<Emulation>,
    { pairs = [btc, eth, sol], levels = 30, startAt }: SceneOptions = {},
  ): Promise<Scene<Emulation>> {
    const waiting = new Waiting()
    const clock = new ObservedClock(waiting, startAt)
    let seen: VenueWatch<Emulation> | undefined
    const server = await startVenueServer({
      venue: (context) => {
        seen = new VenueWatch(exchange.createVenue(context), context, waiting)
        return seen
      },
      pairs,
      seed: 7,
      clock,
      levels,
    })
    if (seen === undefined) throw new Error('The server made no venue.')
    const scene = new Scene(exchange, { server, seen, clock, waiting })
    open.add(scene)
    return scene
  }

  get venue(): Emulation {
    return this.seen.emulation
  }

  /** Where the exchange's strategies find the emulation. */
  get endpoints(): { readonly url: string; readonly restUrl: string } {
    const { url, restUrl } = this.server
    return { url, restUrl }
  }

  record(level: 'debug' | 'trace' = 'debug'): FeedRecord {
    return new FeedRecord(this.#waiting, level)
  }

  async publicFeed(
    options: Omit<PublicExchangeOptions, 'exchange'>,
    record: FeedRecord = this.record(),
  ): Promise<RecordedFeed> {
    const feed = await createPublicExchange({
      exchange: this.exchange.definition,
      random: () => 0.5,
      on: record.listeners,
      logger: record.logger,
      clock: this.clock,
      ...options,
      config: { connectTimeoutMs, ...options.config },
      options: { ...this.endpoints, ...options.options },
    })
    this.closeLater(feed)
    return { feed, record }
  }

  async privateFeed(
    options: Partial<Omit<PrivateExchangeOptions, 'exchange'>> = {},
    record: FeedRecord = this.record(),
  ): Promise<RecordedFeed> {
    const feed = await createPrivateExchange({
      exchange: this.exchange.definition,
      credentials: this.exchange.credentials,
      random: () => 0.5,
      on: record.listeners,
      logger: record.logger,
      clock: this.clock,
      ...options,
      config: { connectTimeoutMs, ...options.config },
      options: { ...this.endpoints, ...options.options },
    })
    this.closeLater(feed)
    return { feed, record }
  }

  /** A manager for market data, not initialised. */
  manager(
    options: Partial<WebSocketManagerOptions> = {},
    exchangeOptions: Readonly<Record<string, unknown>> = {},
  ): { readonly manager: WebSocketManager; readonly record: FeedRecord } {
    const record = this.record()
    const manager = new WebSocketManager({
      strategies: this.exchange.definition.public({ ...this.endpoints, ...exchangeOptions }),
      random: () => 0.5,
      ...record.handlers,
      clock: this.clock,
      ...options,
      config: { connectTimeoutMs, ...options.config },
    })
    this.closeLater(manager)
    return { manager, record }
  }

  /** Lets the market of every pair live and time pass, 10 ms each turn of the event loop, until the condition holds. */
  async live(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      for (const pair of this.server.market.pairs) this.server.market.step(pair)
      await this.#turn(10)
    }
  }

  /** Lets time pass on a market that stands still, 50 ms each turn of the event loop, until this is settled. */
  async idle<Result>(work: Promise<Result>): Promise<Result> {
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    work.then(settle, settle)
    while (!isSettled) await this.#turn(50)
    return work
  }

  /** The market stands still; resolves once every book of these equals it. */
  async expectTrueBooks(
    books: { orderBook(pair: Instrument): OrderBook | null },
    pairs: readonly Instrument[],
  ): Promise<void> {
    this.clock.advance(100)
    await this.until(() => pairs.every((pair) => isTrue(books.orderBook(pair), this.server.market, pair)))
  }

  /** Closes it with the scene, before the server. */
  closeLater(client: { close(): Promise<void> }): void {
    this.#clients.push(client)
  }

  /** Ends clients and server. Throws what the emulation has thrown meanwhile. */
  async close(): Promise<void> {
    open.delete(this)
    this.server.faults.resume()
    await Promise.all(this.#clients.map((client) => client.close()))
    await this.server.close()
    if (this.server.failures.length > 0) throw new AggregateError(this.server.failures, 'The emulation failed.')
  }

  /** Throws where a scene takes longer than anything in it can. */
  async #turn(durationMs: number): Promise<void> {
    this.#passedMs += durationMs
    if (this.#passedMs > longestMs) throw new Error(`It did not come about in ${longestMs / 1_000} s.`)
    this.clock.advance(durationMs)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** Closes every scene that is open: for `afterEach`. */
export async function closeScenes(): Promise<void> {
  for (const scene of [...open]) await scene.close()
}
