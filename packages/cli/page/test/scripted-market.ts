import type {
  HelloMessage,
  MarketMessage,
  ShownConnection,
  ShownMetrics,
  ShownStream,
  StateMessage,
} from '../../src/commands/dashboard/protocol.js'

/** When the scripted story begins, epoch ms. */
export const storyStart: number = Date.UTC(2026, 10, 26, 22, 0, 0)

/** Two exchanges, one of them emulated, as a server of the page introduces them. */
export const hello: HelloMessage = {
  type: 'hello',
  version: '1.2.3',
  exchanges: [
    {
      name: 'acme_spot',
      title: 'Acme spot',
      isEmulated: true,
      symbols: ['BTC/USDT', 'ETH/USDT'],
      channels: ['orderbook', 'trades', 'book_ticker', 'ticker', 'candles'],
    },
    {
      name: 'nimbus_spot',
      title: 'Nimbus spot',
      isEmulated: false,
      symbols: ['BTC/USDT'],
      channels: ['orderbook', 'trades'],
    },
  ],
}

const window = {
  seconds: 10,
  messagesPerSecond: 512.4,
  bytesPerSecond: 81_000,
  averageMs: 0.04,
  p50Ms: 0.031,
  p95Ms: 0.09,
  p99Ms: 0.182,
  p999Ms: 0.61,
  maxMs: 2.4,
  complianceRate: 0.99991,
  averageLagMs: 3.2,
}

const metrics: ShownMetrics = {
  messages: 1_234_567,
  bytes: 98_765_432,
  last1s: window,
  last10s: window,
  last1min: window,
  latency: {
    boundsMs: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100],
    counts: [0, 310, 21_400, 6_200, 1_400, 240, 21, 3, 1, 0, 0, 0, 0, 0],
  },
  recovery: { boundsMs: [100, 1_000, 10_000], counts: [0, 1, 0, 0] },
  lastLagMs: 3.1,
  dropped: 0,
  superseded: 12,
  errors: 0,
  unknown: 0,
  reconnections: 1,
  connectionFailures: 1,
  gaps: 1,
  lostGaps: 0,
  backfilled: 14,
  pending: 0,
  books: 2,
  liveBooks: 2,
  uptimeMs: 3_725_000,
  stability: 0.9996,
  complianceRate: 0.99991,
  stages: {
    socketToParser: { averageMs: 0.004, p50Ms: 0.003, p99Ms: 0.02, maxMs: 0.4 },
    parser: { averageMs: 0.009, p50Ms: 0.007, p99Ms: 0.04, maxMs: 0.9 },
    handler: { averageMs: 0.02, p50Ms: 0.015, p99Ms: 0.1, maxMs: 1.9 },
  },
  eventLoop: {
    delayP50Ms: 0.6,
    delayP99Ms: 2.2,
    delayMaxMs: 14,
    utilization: 0.2,
    gcPauses: 41,
    gcTotalMs: 61,
    gcMaxMs: 4.1,
  },
}

/** A connection that was cut once, two minutes before, and is well again. */
function connectionAt(at: number): ShownConnection {
  const cutAt = storyStart - 120_000
  return {
    connectionId: 'acme_spot#1',
    state: 'connected',
    breaker: 'closed',
    streams: 8,
    activeStreams: 8,
    messagesPerSecond: 512.4,
    reconnections: 1,
    stability: 0.9996,
    spans: [
      { state: 'connecting', since: cutAt - 400_000, until: cutAt - 399_800, reason: null, attempt: null },
      { state: 'connected', since: cutAt - 399_800, until: cutAt, reason: null, attempt: null },
      {
        state: 'reconnecting',
        since: cutAt,
        until: Math.min(at, cutAt + 9_000),
        reason: 'ERR_CONNECTION_LOST',
        attempt: 2,
      },
      { state: 'connected', since: cutAt + 9_000, until: null, reason: null, attempt: null },
    ],
  }
}

/** Every stream of the exchange, live, as of then. */
function streamsAt(at: number): ShownStream[] {
  const channels = ['orderbook', 'trades', 'book_ticker', 'candles'] as const
  return (
    hello.exchanges[0]?.symbols.flatMap((symbol) =>
      channels.map((channel) => ({
        id: `${channel}:${symbol}`,
        symbol,
        channel,
        status: 'live' as const,
        reason: 'delivering',
        since: storyStart - 110_000,
        messagesPerSecond: 61.2,
        lastMessageAt: at - 40,
        gaps: channel === 'trades' ? 1 : 0,
      })),
    ) ?? []
  )
}

/** With nothing left out. */
type WholeState = Required<StateMessage>

/** A feed that is well, as of then. With what differs. */
export function stateAt(at: number, differs: Partial<StateMessage> = {}): WholeState {
  const seconds = Math.floor((at - storyStart) / 1000)
  return {
    type: 'state',
    at,
    exchange: 'acme_spot',
    isWhole: true,
    metrics,
    history: Array.from({ length: seconds === 0 ? 300 : 1 }, (_, index) => {
      const second = seconds === 0 ? index - 299 : seconds
      return {
        at: storyStart + second * 1000,
        messagesPerSecond: 500 + 80 * Math.sin(second / 9) + 30 * Math.sin(second * 1.7),
        bytesPerSecond: 81_000,
        p50Ms: 0.031 + 0.004 * Math.sin(second / 5),
        p99Ms: 0.18 + 0.05 * Math.sin(second / 3) + (second % 67 === 0 ? 0.7 : 0),
        maxMs: 2,
        lagMs: 3,
      }
    }),
    connections: [connectionAt(at)],
    streams: streamsAt(at),
    traffic: [],
    alerts: [],
    gaps: [
      {
        stream: 'trades:BTC/USDT',
        channel: 'trades',
        symbol: 'BTC/USDT',
        from: storyStart - 120_000,
        to: storyStart - 110_800,
        reason: 'the connection was lost',
        action: 'backfilled',
        backfilled: 14,
        fault: null,
      },
    ],
    log: [
      { at: storyStart - 110_800, level: 'info', text: 'acme_spot#1 is connected again after 9.2 s' },
      { at: storyStart - 120_000, level: 'warn', text: 'acme_spot#1 was lost: ERR_CONNECTION_LOST' },
    ],
    ...differs,
  }
}

/** The same feed with what can be wrong with one: a stream that fell silent, a book that lost an update, a connection that does not come back, two alerts. */
export function inTrouble(at: number): WholeState {
  const connection = connectionAt(at)
  const [book, trades, ...others] = streamsAt(at)
  if (book === undefined || trades === undefined) throw new Error('The scripted exchange has streams.')
  const about = { connectionId: connection.connectionId, value: null, threshold: null, unit: null }
  return stateAt(at, {
    streams: [
      { ...book, status: 'gapped', reason: 'update 1204 came after 1199: asked for the book again', since: at - 2_000 },
      {
        ...trades,
        status: 'stale',
        reason: 'nothing came for 31 s, longer than the 30 s it may be silent',
        since: at - 31_000,
        messagesPerSecond: 0,
        lastMessageAt: at - 61_000,
      },
      ...others,
    ],
    connections: [
      {
        ...connection,
        state: 'reconnecting',
        breaker: 'open',
        activeStreams: 0,
        spans: [
          ...connection.spans.slice(0, -1),
          { state: 'connected', since: storyStart - 111_000, until: at - 4_000, reason: null, attempt: null },
          { state: 'reconnecting', since: at - 4_000, until: null, reason: 'ERR_CONNECTION_REFUSED', attempt: 10 },
        ],
      },
    ],
    alerts: [
      {
        ...about,
        kind: 'stale-stream',
        severity: 'warning',
        reason: 'It has been silent for 61 s; it may be silent for 30 s.',
        advice:
          'Look whether the market trades at all. If others of its connection live on, it is asked for again by itself.',
        docs: 'https://docs.example/alerts.md#stale-stream',
        since: at - 31_000,
        stream: trades.id,
      },
      {
        ...about,
        kind: 'breaker-open',
        severity: 'critical',
        reason: 'Ten attempts in a row came to nothing.',
        advice: 'Run tapewire doctor acme_spot.',
        docs: 'https://docs.example/alerts.md#breaker-open',
        since: at - 3_000,
        stream: null,
      },
    ],
  })
}

/** The market after so many steps of the story; all that is kept where it is asked for. With what differs. */
export function marketAt(step: number, isWhole: boolean, differs: Partial<MarketMessage> = {}): MarketMessage {
  const middle = 64_000 + 40 * Math.sin(step / 25) + 6 * Math.sin(step * 1.3)
  const best = Math.round(middle * 10) / 10
  const side = (sign: 1 | -1): [number, number][] =>
    Array.from({ length: 60 }, (_, level) => [
      round(best + sign * (0.1 + level * 0.4), 1),
      round(0.05 + ((level * 7919 + step * 104_729) % 1000) / (300 + 400 / (1 + level)), 4),
    ])
  const trade = (number: number): MarketMessage['trades'][number] => ({
    number,
    id: String(number),
    price: round(64_000 + 40 * Math.sin(number / 25), 1),
    size: round(((number * 7919) % 1000) / 2000 + 0.001, 4),
    side: number % 3 === 0 ? 'sell' : 'buy',
    time: storyStart + number * 50,
    isBackfilled: false,
  })
  const candle = (minute: number): MarketMessage['candles'][number] => {
    const at = (offset: number): number =>
      round(64_000 + 60 * Math.sin((minute + offset) / 11) + 9 * Math.sin((minute + offset) * 2.3), 1)
    const [open, close] = [at(0), minute === 0 ? best : at(1)]
    return {
      interval: '1m',
      openTime: storyStart + minute * 60_000,
      open,
      close,
      high: Math.max(open, close) + 6.5,
      low: Math.min(open, close) - 7.1,
      baseVolume: 4 + 3 * Math.sin(minute * 1.9),
      quoteVolume: null,
      closed: minute < 0,
    }
  }
  return {
    type: 'market',
    at: storyStart + step * 50,
    exchange: 'acme_spot',
    symbol: 'BTC/USDT',
    isWhole,
    priceDigits: 1,
    sizeDigits: 4,
    book: { status: 'live', reason: 'delivering', since: storyStart, bids: side(-1), asks: side(1) },
    quote: { bidPrice: best - 0.1, bidSize: 1.2, askPrice: best + 0.1, askSize: 0.7 },
    ticker: {
      last: best,
      open: 63_400,
      high: 64_410.5,
      low: 63_102.2,
      baseVolume: 12_345.6,
      quoteVolume: null,
      change: (best - 63_400) / 63_400,
      bidPrice: null,
      askPrice: null,
    },
    trades: isWhole ? Array.from({ length: 200 }, (_, index) => trade(step - 199 + index)) : [trade(step)],
    missedTrades: 0,
    candles: isWhole ? Array.from({ length: 300 }, (_, index) => candle(index - 299)) : [candle(0)],
    ...differs,
  }
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}
