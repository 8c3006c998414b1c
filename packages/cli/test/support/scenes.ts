import type { Scene } from '../../src/screen/frame.js'
import type { Shot } from '../../src/screen/shot.js'
import { span } from '../../src/screen/text/line.js'

/** 12:34:56.789 UTC. */
const now = 45_296_789

const trades = Array.from({ length: 12 }, (_, index) => ({
  id: null,
  price: 64_000.5 - index * 0.1,
  size: 0.25 + index / 100,
  side: index % 3 === 0 ? ('sell' as const) : ('buy' as const),
  time: now - index * 137,
  number: 12 - index,
}))

/** A market that is well. */
export const shot: Shot = {
  at: now,
  exchange: 'acme_spot',
  title: 'Acme spot',
  isEmulated: true,
  symbol: 'BTC/USDT',
  symbolIndex: 0,
  symbols: 3,
  health: {
    connected: 2,
    connections: 2,
    messagesPerSecond: 1234.4,
    p99Ms: 0.126,
    lagMs: 1.25,
    gaps: 0,
    dropped: 0,
    errors: 0,
    unknown: 0,
    reconnects: 0,
  },
  trail: { p99Ms: [0.1, 0.2, 0.4, 0.2, 0.126], messagesPerSecond: [1000, 1100, 1200, 1234] },
  book: {
    status: 'live',
    reason: 'delivering',
    since: now - 65_000,
    bids: Array.from({ length: 20 }, (_, index) => ({ price: 64_000 - index * 0.5, size: 0.5 + index })),
    asks: Array.from({ length: 20 }, (_, index) => ({ price: 64_000.5 + index * 0.5, size: 12 + index * 0.125 })),
  },
  quote: { bidPrice: 64_000, bidSize: 0.5, askPrice: 64_000.5, askSize: 12 },
  change: -0.0123,
  mids: [1, 2, 3, 4],
  priceDigits: 1,
  sizeDigits: 3,
  trades,
  connections: [
    {
      id: 'acme_spot#1',
      state: 'connected',
      since: now - 65_000,
      attempt: null,
      nextAttemptAt: null,
      messagesPerSecond: 1200,
      streams: 12,
      activeStreams: 12,
    },
    {
      id: 'acme_spot#2',
      state: 'connected',
      since: now - 65_000,
      attempt: null,
      nextAttemptAt: null,
      messagesPerSecond: 34,
      streams: 3,
      activeStreams: 3,
    },
  ],
  streams: ['orderbook', 'trades', 'book_ticker', 'ticker', 'candles'].map((channel) => ({
    channel: channel as 'orderbook',
    name: 'BTC/USDT',
    status: 'live' as const,
    reason: 'delivering',
    since: now - 64_000,
  })),
  alerts: [],
  log: [],
  account: null,
}

/** The same during a cut. */
export const troubledShot: Shot = {
  ...shot,
  health: { ...shot.health, connected: 1, gaps: 3, reconnects: 1 },
  book: {
    status: 'gapped',
    reason: 'connection lost (ERR_CONNECTION_CLOSED): the socket ended without a close frame',
    since: now - 3_000,
    bids: shot.book?.bids ?? [],
    asks: shot.book?.asks ?? [],
  },
  connections: [
    {
      ...(shot.connections[0] as Shot['connections'][number]),
      state: 'reconnecting',
      since: now - 3_000,
      attempt: 3,
      nextAttemptAt: now + 1_200,
      activeStreams: 0,
    },
    ...shot.connections.slice(1),
  ],
  streams: shot.streams.map((stream, index) =>
    index === 0
      ? { ...stream, status: 'gapped', reason: 'connection lost (ERR_CONNECTION_CLOSED)', since: now - 3_000 }
      : index === 3
        ? { ...stream, status: 'stale', reason: 'nothing came for 12000 ms: asked for again', since: now - 5_000 }
        : stream,
  ),
  alerts: [
    {
      kind: 'reconnect-storm',
      severity: 'critical',
      reason: 'acme_spot#1 was lost 4 times in 60 s',
      advice: 'Look for a proxy that ends connections: tapewire doctor acme_spot tells more.',
      docs: 'https://example.com/docs/alerts#reconnect-storm',
      since: now - 8_000,
    },
  ],
  log: [
    { at: now - 3_000, level: 'warn', text: 'acme_spot#1 reconnecting (ERR_CONNECTION_CLOSED), attempt 3 in 1.2 s' },
    { at: now - 9_000, level: 'info', text: 'acme_spot#1 connected' },
  ],
}

export const scene: Scene = {
  shot,
  tabs: [
    { title: 'Acme spot', isChosen: true, sign: span('●', 'good') },
    { title: 'Nimbus spot', isChosen: false, sign: span('×', 'bad') },
  ],
  elapsedMs: 65_000,
  pausedMs: null,
  abilities: {
    isPaused: false,
    hasSymbols: true,
    hasExchanges: true,
    canConnect: true,
    view: 'market',
  },
  connectText: "const feed = await createPublicExchange({\n  exchange: 'acme_spot',\n})",
}
