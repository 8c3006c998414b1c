import {
  type Alert,
  type AnyExchangeDefinition,
  type CandleInterval,
  type Channel,
  type Clock,
  type ConnectionStateEvent,
  type Credentials,
  type EndpointOptions,
  type FeedMessage,
  type GapEvent,
  type OrderBook,
  type PerformanceMetrics,
  type StreamError,
  type StreamState,
  type SymbolInput,
  type Timer,
  toInstrument,
  WebSocketManager,
  type WebSocketManagerOptions,
  type WebSocketStrategySet,
} from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { privateChannelsOf } from '../exchanges/channels-of.js'
import { type ConnectionSpan, ConnectionTimeline } from './connection-timeline.js'
import type { Emulation } from './emulation.js'
import { FeedLog, type LiveEvent } from './feed-log.js'
import { LatencyMinute } from './latency-minute.js'
import { LiveAccount } from './live-account.js'
import type { LiveAccountFeed, LiveFeed } from './live-feed.js'
import { LiveMarket } from './live-market.js'
import { RateHistory } from './rate-history.js'
import { Recent } from './recent.js'

export interface LiveFeedOptions {
  readonly symbols: readonly SymbolInput[]
  readonly channels: readonly Channel[]
  /** Widths of candles; 1m by default, and only those of 1m are kept. */
  readonly candleIntervals?: readonly CandleInterval[]
  /** Opens the account as well, with all its channels. */
  readonly credentials?: Credentials
  readonly endpoints?: Pick<EndpointOptions, 'url' | 'restUrl'>
  /** What the endpoints are of, where it is not the exchange itself: ended with the feed. */
  readonly emulation?: Emulation
  /** Ends the wait for the connections. */
  readonly signal: AbortSignal
  /** Told what goes wrong, as `onError` of a manager; `ERR_RECONNECT_EXHAUSTED` is the end of a connection. The log has it too. */
  readonly onError?: (error: StreamError) => void
  /** What further is said to the managers of market and account. */
  readonly manager?: Pick<WebSocketManagerOptions, 'alerts' | 'config' | 'flightRecorder' | 'onFlight'>
  readonly clock?: Clock
}

const mostGaps = 100
const sampleEveryMs = 1_000

/**
 * Connects, and keeps what a screen shows of the feed. Streams that the exchange refuses are told, as long as others are left. Rejects as the manager's `initialize()`
 * does, and then nothing is left open but the emulation.
 */
export async function openLiveFeed(definition: AnyExchangeDefinition, options: LiveFeedOptions): Promise<LiveFeed> {
  const feed = new ManagedFeed(definition, options)
  try {
    await feed.start(options)
  } catch (thrown) {
    await feed.disconnect()
    throw thrown
  }
  return feed
}

class ManagedFeed implements LiveFeed {
  readonly exchange: string
  readonly title: string
  readonly emulation: Emulation | null
  readonly symbols: readonly string[]
  readonly channels: readonly Channel[]
  readonly account: LiveAccountFeed | null
  readonly history: RateHistory = new RateHistory()
  readonly #options: LiveFeedOptions
  readonly #clock: Clock
  readonly #markets: ReadonlyMap<string, LiveMarket>
  readonly #manager: WebSocketManager
  readonly #accountManager: WebSocketManager | null
  readonly #accountChannels: readonly Channel[]
  readonly #latency = new LatencyMinute()
  readonly #timeline = new ConnectionTimeline()
  readonly #log: FeedLog
  readonly #gaps = new Recent<GapEvent>(mostGaps)
  #sampling: Timer | null = null
  /** What the end leaves is no news. */
  #isEnding = false

  constructor(definition: AnyExchangeDefinition, options: LiveFeedOptions) {
    const { symbols, channels, credentials, endpoints = {}, emulation = null, clock = systemClock } = options
    this.exchange = definition.name
    this.title = definition.title
    this.emulation = emulation
    this.symbols = [...new Set(symbols.map((symbol) => toInstrument(symbol).name))]
    this.channels = channels
    this.#options = options
    this.#clock = clock
    this.#log = new FeedLog(() => clock.now())
    this.#markets = new Map(this.symbols.map((symbol) => [symbol, new LiveMarket(symbol)]))
    this.#manager = this.#connect(definition.public(endpoints), (message) => this.#onMarketMessage(message), marketId)
    for (const market of this.#markets.values()) market.addPast(emulation?.pastCandles(market.symbol) ?? [])
    const strategies = credentials === undefined ? undefined : definition.private?.(credentials, endpoints)
    this.#accountChannels = privateChannelsOf(definition)
    const account = new LiveAccount()
    const manager =
      strategies === undefined ? null : this.#connect(strategies, (message) => account.receive(message), accountId)
    this.#accountManager = manager
    this.account = manager === null ? null : accountFeed(account, manager)
  }

  async start({ symbols, channels, candleIntervals, signal }: LiveFeedOptions): Promise<void> {
    const widths = candleIntervals === undefined ? {} : { candleIntervals }
    const starting = [this.#manager.initialize({ symbols, channels, ...widths, onRefused: 'continue', signal })]
    if (this.#accountManager !== null) {
      const request = { symbols: [], channels: this.#accountChannels, onRefused: 'continue' as const, signal }
      starting.push(this.#accountManager.initialize(request))
    }
    await Promise.all(starting)
    const account = this.#accountManager?.streamStates() ?? []
    this.emulation?.spareAccount(account.map(({ stream }) => stream.wireChannel))
    this.#sampleSoon()
  }

  get isEmulated(): boolean {
    return this.emulation !== null
  }

  metrics(): PerformanceMetrics {
    return this.#manager.getPerformanceMetrics()
  }

  streams(): readonly StreamState[] {
    return [...this.#manager.streamStates(), ...(this.#accountManager?.streamStates() ?? [])]
  }

  book(symbol: string): OrderBook | null {
    return this.#manager.orderBook(symbol)
  }

  market(symbol: string): LiveMarket {
    const market = this.#markets.get(symbol)
    if (market === undefined) throw new RangeError(`${symbol} is not shown of ${this.exchange}.`)
    return market
  }

  get latency(): LatencyMinute['histogram'] {
    return this.#latency.histogram
  }

  get connections(): readonly ConnectionSpan[] {
    return this.#timeline.all
  }

  get alerts(): readonly Alert[] {
    const ofAccount = this.#accountManager?.alerts ?? []
    const all = [...this.#manager.alerts, ...ofAccount.map((alert) => named(alert, accountId))]
    return all.sort((left, right) => left.since - right.since)
  }

  get gaps(): readonly GapEvent[] {
    return this.#gaps.newestFirst()
  }

  get log(): readonly LiveEvent[] {
    return this.#log.events
  }

  async close(): Promise<void> {
    await this.disconnect()
    await this.emulation?.close()
  }

  async disconnect(): Promise<void> {
    this.#isEnding = true
    this.#sampling?.cancel()
    await Promise.all([this.#manager.close(), this.#accountManager?.close()])
  }

  #connect(
    strategies: WebSocketStrategySet,
    onMessage: (message: FeedMessage) => void,
    nameOf: (connectionId: string) => string,
  ): WebSocketManager {
    return new WebSocketManager({
      ...this.#options.manager,
      clock: this.#clock,
      strategies,
      onMessage,
      onConnectionState: (change) => this.#onConnection({ ...change, connectionId: nameOf(change.connectionId) }),
      onStreamState: (state) => this.#unlessEnding(() => this.#log.onStreamState(state)),
      onAlert: (alert) => this.#unlessEnding(() => this.#log.onAlert(named(alert, nameOf))),
      onGap: (gap) => this.#unlessEnding(() => this.#onGap(gap)),
      onError: (error) => this.#onError(error),
    })
  }

  #onMarketMessage(message: FeedMessage): void {
    const { symbol } = message
    if (symbol !== null) this.#markets.get(symbol.name)?.receive(message)
  }

  #onConnection(change: ConnectionStateEvent): void {
    this.#timeline.onState(change, this.#clock.now())
    this.#unlessEnding(() => this.#log.onConnectionState(change))
  }

  #onGap(gap: GapEvent): void {
    this.#gaps.add(gap)
    this.#log.onGap(gap)
  }

  #onError(error: StreamError): void {
    if (this.#isEnding) return
    this.#log.onError(error)
    this.#options.onError?.(error)
  }

  #unlessEnding(tell: () => void): void {
    if (!this.#isEnding) tell()
  }

  #sampleSoon(): void {
    this.#sampling = this.#clock.setTimer(sampleEveryMs, () => {
      const metrics = this.metrics()
      this.history.add(metrics, this.#clock.now())
      this.#latency.add(metrics.processingTimes)
      this.#sampleSoon()
    })
  }
}

const marketId = (connectionId: string): string => connectionId

/** The alert, its connection called by its name here. */
function named(alert: Alert, nameOf: (connectionId: string) => string): Alert {
  const { connectionId } = alert
  return connectionId === null ? alert : { ...alert, connectionId: nameOf(connectionId) }
}

/** `acme_spot account#1` of `acme_spot#1`. */
function accountId(connectionId: string): string {
  return connectionId.replace('#', ' account#')
}

function accountFeed(account: LiveAccount, manager: WebSocketManager): LiveAccountFeed {
  return {
    get openOrders() {
      return account.openOrders
    },
    get executions() {
      return account.executions
    },
    get balances() {
      return account.balances
    },
    metrics() {
      const metrics = manager.getPerformanceMetrics()
      const connections = metrics.connections.map((one) => ({ ...one, connectionId: accountId(one.connectionId) }))
      return { ...metrics, connections }
    },
  }
}
