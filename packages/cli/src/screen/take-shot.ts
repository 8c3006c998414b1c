import { type ConnectionMetrics, ConnectionState, type PerformanceMetrics, type StreamState } from '@tapewire/core'
import { Digits } from '../live/digits.js'
import type { LiveFeed } from '../live/live-feed.js'
import { mostLevels } from './sections/book-section.js'
import type { Health, Shot, ShownAccount, ShownBook, ShownConnection, ShownStream, Trail } from './shot.js'

/** What the metrics of a feed are read from: its market's, and its account's. They are dear, and no more often wanted than once a second. */
export interface FeedMetrics {
  readonly market: PerformanceMetrics
  readonly account: PerformanceMetrics | null
}

const mostTrades = 60
const mostLogged = 20
const trailSeconds = 60

export function readMetrics(feed: Pick<LiveFeed, 'metrics' | 'account'>): FeedMetrics {
  return { market: feed.metrics(), account: feed.account?.metrics() ?? null }
}

/** What a screen shows of one instrument, as it is now, `at`, epoch ms. */
export function takeShot(feed: LiveFeed, symbolIndex: number, metrics: FeedMetrics, at: number): Shot {
  const symbol = feed.symbols[symbolIndex] ?? ''
  const market = feed.market(symbol)
  const book = shownBook(feed, symbol)
  const connections = connectionsOf(feed, metrics)
  const trades = market.trades.slice(0, mostTrades)
  const levels = [...(book?.bids ?? []), ...(book?.asks ?? []), ...trades]
  const { quote, ticker, history: mids } = market
  return {
    at,
    exchange: feed.exchange,
    title: feed.title,
    isEmulated: feed.isEmulated,
    symbol,
    symbolIndex,
    symbols: feed.symbols.length,
    health: healthOf(metrics, connections),
    trail: trailOf(feed),
    book,
    quote,
    change: ticker?.change ?? null,
    mids,
    priceDigits: mostDigits(market.priceDigits, levels, ({ price }) => price),
    sizeDigits: mostDigits(market.sizeDigits, levels, ({ size }) => size),
    trades,
    connections,
    streams: streamsOf(feed.streams(), symbol),
    alerts: feed.alerts,
    log: feed.log.slice(0, mostLogged),
    account: accountOf(feed),
  }
}

function shownBook(feed: LiveFeed, symbol: string): ShownBook | null {
  const book = feed.book(symbol)
  if (book === null) return null
  const { status, reason, since } = book
  return { status, reason, since, ...book.depth(mostLevels) }
}

/** What quotes have had so far may be less than what a book's levels have. */
function mostDigits<Item>(known: number, items: readonly Item[], read: (item: Item) => number): number {
  const digits = new Digits()
  for (const item of items) digits.see(read(item))
  return Math.max(known, digits.most)
}

function healthOf({ market, account }: FeedMetrics, connections: readonly ShownConnection[]): Health {
  const both = account === null ? [market] : [market, account]
  const sum = (measure: (one: PerformanceMetrics) => number): number =>
    both.reduce((total, one) => total + measure(one), 0)
  return {
    connected: connections.filter(({ state }) => state === ConnectionState.Connected).length,
    connections: connections.length,
    messagesPerSecond: sum((one) => one.messagesPerSecond),
    p99Ms: Math.max(...both.map(({ windows }) => windows.last10s.p99ProcessingTimeMs)),
    lagMs: market.lastLagMs,
    gaps: sum((one) => one.streamGaps),
    dropped: sum((one) => one.droppedMessages),
    errors: sum((one) => one.errorMessages),
    unknown: sum((one) => one.unknownMessages),
    reconnects: sum((one) => one.reconnectionCount),
  }
}

function trailOf({ history }: LiveFeed): Trail {
  const samples = history.samples.slice(-trailSeconds)
  return {
    p99Ms: samples.map(({ p99Ms }) => p99Ms),
    messagesPerSecond: samples.map(({ messagesPerSecond }) => messagesPerSecond),
  }
}

function connectionsOf(feed: LiveFeed, { market, account }: FeedMetrics): readonly ShownConnection[] {
  const spans = new Map(feed.connections.filter(({ until }) => until === null).map((span) => [span.connectionId, span]))
  const shown = (metrics: ConnectionMetrics): ShownConnection => {
    const { connectionId: id, nextAttemptAt, messagesPerSecond, streams, activeStreams } = metrics
    const span = spans.get(id)
    // Metrics are of a moment ago: a state that has changed since is known from its span.
    const state = span?.state ?? metrics.state
    return {
      id,
      state,
      since: span?.since ?? 0,
      attempt: span?.attempt ?? null,
      nextAttemptAt,
      messagesPerSecond,
      streams,
      activeStreams,
    }
  }
  return [...market.connections, ...(account?.connections ?? [])].map(shown)
}

/** Those of the instrument that is shown first. */
function streamsOf(states: readonly StreamState[], shownSymbol: string): readonly ShownStream[] {
  const streams = states.map(({ stream, symbol, channel, status, reason, since }) => ({
    channel,
    name: [symbol?.name ?? 'all', ...Object.values(stream.params)].join(' '),
    isShownSymbol: symbol?.name === shownSymbol,
    status,
    reason,
    since,
  }))
  return [...streams.filter((stream) => stream.isShownSymbol), ...streams.filter((stream) => !stream.isShownSymbol)]
}

function accountOf({ account }: LiveFeed): ShownAccount | null {
  if (account === null) return null
  const { openOrders: orders, executions, balances } = account
  return { orders, executions, balances }
}
