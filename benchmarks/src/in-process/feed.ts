import type { FeedMessage, StreamError, WebSocketStrategySet } from '@tapewire/core'
import { type InboundFrame, systemClock, type Transport, type TransportListener } from '@tapewire/core/adapter'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import { keptBookValue, messageValue } from '../subjects/feed-values.js'
import type { Venue, Workload } from '../workloads/workload.js'
import type { Packages } from './packages.js'

const acknowledge: Readonly<Record<Venue, (typeof gateioSpotEmulation)['acknowledge']>> = {
  gateio: gateioSpotEmulation.acknowledge,
  mexc: mexcSpotEmulation.acknowledge,
}

/** What a manager may have beside its messages. */
export type FeedExtra = 'with a flight recorder' | 'with its metrics read'

/** How often its metrics are read, ms. */
const readEveryMs = 100

/** A manager that is subscribed over a transport which is no socket: its frames are handed to it, and everything behind that is as its users have it. */
export class Feed {
  /** Of what the handler has been given. */
  messages = 0
  checksum = 0
  readonly #transport: StandIn
  readonly #errors: StreamError[] = []
  #reads = 0
  #readMicroseconds = 0

  private constructor(venue: Venue) {
    this.#transport = new StandIn(venue)
  }

  /** Resolves once it is subscribed, and its book is live where one is kept. */
  static async open({ core, spot }: Packages, workload: Workload, extra: FeedExtra | null = null): Promise<Feed> {
    const { venue, keepsBook, channels, symbols } = workload
    const feed = new Feed(venue)
    const options = venue === 'gateio' && keepsBook ? { orderbookChannel: 'obu', orderbookDepth: 50 } : {}
    const set = withoutNetwork(spot.public(options as object), feed.#transport, workload)
    const [symbol = ''] = symbols
    const read = keepsBook ? () => keptBookValue(manager, symbol) : messageValue
    const manager = new core.WebSocketManager({
      strategies: new core.WebSocketStrategySet(set),
      onMessage: (message: FeedMessage): void => {
        feed.messages += 1
        feed.checksum += read(message)
      },
      onError: (error) => feed.#errors.push(error),
      ...(keepsBook ? {} : { books: false }),
      // Another build may not know the option.
      ...(extra === 'with a flight recorder' ? { flightRecorder: {} } : {}),
      config: { enablePerformanceTracking: true },
    })
    await manager.initialize({ symbols, channels })
    if (workload.restSequence !== undefined) await manager.awaitBook(symbol)
    if (extra === 'with its metrics read') {
      setInterval(() => feed.#read(() => manager.getPerformanceMetrics()), readEveryMs).unref()
    }
    return feed
  }

  /** Hands over one frame, as a transport does. */
  take(frame: InboundFrame): void {
    this.#transport.onFrame(frame)
  }

  /** What reading its metrics took since this was last asked, in the mean: processor time, in microseconds. Null where they were not read. */
  takeReadMicroseconds(): number | null {
    const mean = this.#reads === 0 ? null : this.#readMicroseconds / this.#reads
    this.#reads = 0
    this.#readMicroseconds = 0
    return mean
  }

  #read(read: () => object): void {
    const began = process.cpuUsage()
    read()
    const { user, system } = process.cpuUsage(began)
    this.#reads += 1
    this.#readMicroseconds += user + system
  }

  /** Throws the first error that the manager has reported. */
  assertNoError(): void {
    if (this.#errors[0] !== undefined) throw this.#errors[0]
  }
}

/** The strategies of an adapter with this transport, and where they would ask REST for a book, one of two levels that no price of the workload comes near. */
function withoutNetwork(
  set: WebSocketStrategySet,
  transport: Transport,
  { restSequence }: Workload,
): WebSocketStrategySet {
  const { connectionStrategy, bookRules } = set
  const book = { bids: [0.01, 1], asks: [1e9, 1], sequence: restSequence ?? Number.NaN, exchangeTime: null }
  return {
    ...set,
    connectionStrategy: {
      reconnectionPolicy: connectionStrategy.reconnectionPolicy,
      context: async (env) => ({ ...(await connectionStrategy.context(env)), pingIntervalMs: 0 }),
      connect: async () => transport,
      shouldReconnect: () => false,
    },
    bookRules: bookRules?.source === 'rest' ? { ...bookRules, fetchSnapshot: async () => book } : bookRules,
  }
}

/** Acknowledges what it is sent, as the exchange would. */
class StandIn implements Transport {
  readonly bufferedBytes = 0
  readonly #venue: Venue
  #listener: TransportListener | null = null

  constructor(venue: Venue) {
    this.#venue = venue
  }

  onFrame(frame: InboundFrame): void {
    this.#listener?.onFrame(frame)
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
  }

  send(data: string | Uint8Array): boolean {
    const answers = acknowledge[this.#venue](data.toString(), systemClock.now())
    queueMicrotask(() => {
      for (const answer of answers) this.onFrame(replyFrame(answer))
    })
    return true
  }

  ping(): void {}

  pause(): void {}

  resume(): void {}

  close(): void {
    this.terminate()
  }

  terminate(): void {
    this.#listener?.onClose({ code: 1000, reason: '', error: null })
  }
}

/** Acknowledgements are text on both exchanges. */
function replyFrame(answer: string | Uint8Array): InboundFrame {
  const bytes = Buffer.from(answer as string)
  return { bytes, start: 0, end: bytes.length, isBinary: false, receivedAt: systemClock.now() }
}
