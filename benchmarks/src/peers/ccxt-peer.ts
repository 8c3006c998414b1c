import type { Instrument } from '@tapewire/core'
import type { EmulatedVenue, ExchangeEmulation } from '@tapewire/testkit'
import { importPeer } from '../subjects/peers.js'
import type { CcxtMexcBooks } from './ccxt-mexc-book.js'
import type { Amount, ToldLevels } from './checks.js'
import { withDeadline } from './deadline.js'
import type { Peer, RunningPeer, Scene } from './peer.js'

/** What is told apart about an exchange in ccxt. */
interface CcxtPeerOptions {
  /** ccxt's name of it. */
  readonly id: 'gate' | 'mexc'
  readonly emulation: ExchangeEmulation<EmulatedVenue>
  /** Levels a side that `watchOrderBook` keeps true. */
  readonly bookDepth: number
  /** Whether it can place orders over the socket. */
  readonly placesOrders: boolean
  /** Mends what this version of ccxt is known to get wrong on the exchange itself. */
  readonly prepare?: (exchange: CcxtExchange) => void
}

/** The parts of ccxt that are used here. */
interface Ccxt {
  readonly default: { readonly pro: Readonly<Record<'gate' | 'mexc', new (options: object) => CcxtExchange>> }
}

interface CcxtExchange extends CcxtMexcBooks {
  readonly urls: { api: unknown }
  readonly orderbooks: Readonly<Record<string, { readonly bids: ToldLevels; readonly asks: ToldLevels }>>
  /** Needed for addresses without TLS, proxy or not. */
  loadHttpProxyAgent(): Promise<unknown>
  loadMarkets(): Promise<unknown>
  close(): Promise<unknown>
  watchOrderBook(symbol: string): Promise<{ readonly bids: ToldLevels; readonly asks: ToldLevels }>
  watchTrades(symbol: string): Promise<readonly CcxtTrade[]>
  watchTicker(symbol: string): Promise<CcxtTicker>
  watchOHLCV(symbol: string, timeframe: string): Promise<readonly CcxtCandle[]>
  watchOrders(): Promise<readonly CcxtOrder[]>
  watchMyTrades(): Promise<readonly CcxtTrade[]>
  watchBalance(): Promise<CcxtBalance>
  fetchTicker(symbol: string): Promise<CcxtTicker>
  fetchTrades(symbol: string): Promise<readonly CcxtTrade[]>
  fetchOHLCV(symbol: string, timeframe: string): Promise<readonly CcxtCandle[]>
  fetchOrderBook(symbol: string, limit?: number): Promise<{ readonly bids: ToldLevels; readonly asks: ToldLevels }>
  fetchBalance(): Promise<CcxtBalance>
  fetchOpenOrders(symbol: string): Promise<readonly CcxtOrder[]>
  createOrderWs(symbol: string, type: string, side: string, amount: number, price: number): Promise<CcxtOrder>
  fetchOrderWs(id: string, symbol: string): Promise<CcxtOrder>
  cancelOrderWs(id: string, symbol: string): Promise<CcxtOrder>
}

interface CcxtTrade {
  readonly side: string
  readonly price: number
  readonly amount: number
}

interface CcxtTicker {
  readonly bid: number
  readonly ask: number
  readonly last: number
  readonly high: number
  readonly low: number
  readonly baseVolume: number
}

type CcxtCandle = readonly [openTime: number, open: number, high: number, low: number, close: number, volume: number]

interface CcxtOrder extends CcxtTrade {
  readonly id: string
  readonly symbol: string
  readonly filled: number
  readonly status: string
}

type CcxtBalance = Readonly<Record<string, { readonly free: Amount; readonly used: Amount } | undefined>>

/** How long a failed call waits before it is made again: a client that fails at once would otherwise do nothing else. */
const retryMs = 1_000
const candleWidthMs = 60_000

/** ccxt, with its markets loaded over REST and one loop for each `watch…` call, as its users write them. */
export function ccxtPeer(options: CcxtPeerOptions): Omit<Peer, 'name'> {
  return {
    client: 'ccxt',
    emulation: options.emulation,
    start: (scene) => startCcxt(options, scene),
  }
}

async function startCcxt(options: CcxtPeerOptions, scene: Scene): Promise<RunningPeer> {
  const { pairs, report, checks } = scene
  const exchange = await openExchange(options, scene)
  let isClosing = false

  /** Calls `watch` until the end, with what it brings. */
  async function keepWatching<Result>(
    channel: string,
    watch: () => Promise<Result>,
    read: (result: Result) => void,
  ): Promise<void> {
    report.expect(channel)
    while (!isClosing) {
      try {
        const result = await watch()
        report.message(channel)
        read(result)
      } catch (thrown) {
        if (isClosing) return
        report.failure(channel, thrown)
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
  }

  const tickers = new Map<Instrument, CcxtTicker>()
  const candles = new Map<Instrument, CcxtCandle>()
  for (const pair of pairs) {
    const symbol = pair.name
    void keepWatching(
      'orderbook',
      () => exchange.watchOrderBook(symbol),
      ({ bids, asks }) => {
        const [bid, ask] = [Number(bids[0]?.[0]), Number(asks[0]?.[0])]
        if (!(bid < ask)) report.mismatch('orderbook', `${symbol}: bid ${bid}, ask ${ask}`)
      },
    )
    void keepWatching(
      'trades',
      () => exchange.watchTrades(symbol),
      (trades) => {
        for (const { side, price, amount } of trades) checks.trade(pair, { side, price, size: amount })
      },
    )
    void keepWatching(
      'ticker',
      () => exchange.watchTicker(symbol),
      (ticker) => tickers.set(pair, ticker),
    )
    void keepWatching(
      'candles',
      () => exchange.watchOHLCV(symbol, '1m'),
      (rows) => {
        const last = rows.at(-1)
        if (last !== undefined) candles.set(pair, [...last])
      },
    )
  }
  void keepWatching(
    'orders',
    () => exchange.watchOrders(),
    (orders) => {
      for (const { amount, ...order } of orders) checks.order({ ...order, size: amount })
    },
  )
  void keepWatching(
    'executions',
    () => exchange.watchMyTrades(),
    (fills) => {
      for (const { side, price, amount } of fills) checks.fill({ side, price, size: amount })
    },
  )
  void keepWatching(
    'balances',
    () => exchange.watchBalance(),
    (balance) => tellBalances(balance, scene),
  )

  return {
    async compare() {
      for (const pair of pairs) {
        const book = exchange.orderbooks[pair.name]
        if (book !== undefined) checks.book('orderbook', pair, [...book.bids], [...book.asks], options.bookDepth)
        compareWatchedTicker(options.id, pair, tickers.get(pair), scene)
        compareCandle('candles', pair, candles.get(pair), scene)
      }
      await compareRest(exchange, scene)
      if (options.placesOrders) await placeOrder(exchange, scene)
    },
    async close() {
      isClosing = true
      await withDeadline('close', exchange.close())
    },
  }
}

/** An exchange of ccxt that finds this machine wherever it would ask the exchange. */
async function openExchange({ id, prepare }: CcxtPeerOptions, { server, credentials }: Scene): Promise<CcxtExchange> {
  const { pro } = (await importPeer<Ccxt>('ccxt')).default
  const { apiKey, apiSecret } = credentials
  const exchange = new pro[id]({
    apiKey,
    secret: apiSecret,
    enableRateLimit: false,
    options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  })
  await exchange.loadHttpProxyAgent()
  exchange.urls.api = onThisMachine(exchange.urls.api, new URL(server.restUrl).host)
  prepare?.(exchange)
  await withDeadline('loadMarkets', exchange.loadMarkets())
  return exchange
}

/** The same addresses, in whatever they are kept, at another host and without TLS. */
function onThisMachine(addresses: unknown, host: string): unknown {
  if (typeof addresses === 'string') return addresses.replace(/^(http|ws)s:\/\/[^/]+/, `$1://${host}`)
  if (typeof addresses !== 'object' || addresses === null) return addresses
  return Object.fromEntries(Object.entries(addresses).map(([name, value]) => [name, onThisMachine(value, host)]))
}

function tellBalances(balance: CcxtBalance, { pairs, checks }: Scene): void {
  for (const asset of new Set(pairs.flatMap(({ base, quote }) => [base, quote]))) {
    const told = balance[asset]
    if (told !== undefined) checks.balance({ asset, free: told.free, locked: told.used })
  }
}

/** On MEXC `watchTicker` brings the quote, and nothing of the statistics. */
function compareWatchedTicker(
  id: CcxtPeerOptions['id'],
  pair: Instrument,
  told: CcxtTicker | undefined,
  scene: Scene,
): void {
  if (id === 'gate') {
    compareTicker('ticker', pair, told, scene)
    return
  }
  const { bids, asks } = scene.server.market.book(pair, 1)
  const truth = [bids[0]?.[0], asks[0]?.[0]].map(Number)
  scene.report.equal('ticker', `${pair} quote`, told && [told.bid, told.ask], truth)
}

function compareTicker(channel: string, pair: Instrument, told: CcxtTicker | undefined, scene: Scene): void {
  const { last, high, low, baseVolume } = scene.server.market.statistics(pair)
  const truth = [last, high, low, baseVolume].map(Number)
  scene.report.equal(channel, `${pair}`, told && [told.last, told.high, told.low, told.baseVolume], truth)
}

/**
 * The running candle, or the one before where the window has turned since without a trade. Without its volume: of Gate.io's streamed candles ccxt reads that of
 * the quote asset, of those over REST that of the base asset.
 */
function compareCandle(channel: string, pair: Instrument, told: CcxtCandle | undefined, scene: Scene): void {
  const { market } = scene.server
  const running = market.candle(pair, candleWidthMs)
  const candle = told?.[0] === running.openTime ? running : (market.closedCandle(pair, candleWidthMs) ?? running)
  const { openTime, open, high, low, close } = candle
  scene.report.equal(channel, `${pair}`, told?.slice(0, 5), [openTime, open, high, low, close].map(Number))
}

async function compareRest(exchange: CcxtExchange, scene: Scene): Promise<void> {
  const { pairs, report, checks, server } = scene
  const ask = async <Result>(what: string, call: Promise<Result>, compare: (result: Result) => void): Promise<void> => {
    try {
      compare(await withDeadline(what, call))
      report.message('rest')
    } catch (thrown) {
      report.failure('rest', `${what}: ${thrown}`)
    }
  }
  report.expect('rest')
  for (const pair of pairs) {
    const symbol = pair.name
    await ask('fetchOrderBook', exchange.fetchOrderBook(symbol, 20), ({ bids, asks }) =>
      checks.book('rest', pair, bids, asks, 20),
    )
    await ask('fetchTicker', exchange.fetchTicker(symbol), (ticker) => compareTicker('rest', pair, ticker, scene))
    await ask('fetchTrades', exchange.fetchTrades(symbol), (trades) => {
      const told = JSON.stringify(trades.at(-1), ['side', 'price', 'amount'])
      const { time } = server.market.lastTrade(pair)
      // ccxt sorts by time alone: of those of the same millisecond any may be the last.
      const last = server.market.recentTrades(pair).filter((trade) => trade.time === time)
      const truth = last.map(({ side, price, size }) =>
        JSON.stringify({ side, price: Number(price), amount: Number(size) }),
      )
      report.equal('rest', `${pair} last trade`, told, truth.find((text) => text === told) ?? truth.at(-1))
    })
    await ask('fetchOHLCV', exchange.fetchOHLCV(symbol, '1m'), (rows) =>
      compareCandle('rest', pair, rows.at(-1), scene),
    )
    await ask('fetchOpenOrders', exchange.fetchOpenOrders(symbol), (orders) => {
      const open = server.venue.account.openOrders().filter((order) => order.pair === pair)
      report.equal('rest', `${pair} open orders`, orders.map(({ id }) => id).sort(), open.map(({ id }) => id).sort())
    })
  }
  await ask('fetchBalance', exchange.fetchBalance(), (balance) => {
    for (const { asset, free, locked } of server.venue.account.balances()) {
      const told = balance[asset]
      const truth = [Number(free), Number(locked)]
      report.equal('rest', asset, told && [Number(told.free), Number(told.used)], truth)
    }
  })
}

/** Places an order far from the market over the socket, asks for it, and takes it back. */
async function placeOrder(exchange: CcxtExchange, { pairs, report, server }: Scene): Promise<void> {
  const [pair] = pairs as readonly [Instrument]
  const isOpen = (id: string): boolean => server.venue.account.openOrders().some((order) => order.id === id)
  report.expect('requests')
  try {
    const price = Number(server.market.book(pair, 1).bids[0]?.[0]) * 0.5
    const placed = await withDeadline(
      'createOrderWs',
      exchange.createOrderWs(pair.name, 'limit', 'buy', 0.5, Math.round(price)),
    )
    report.message('requests')
    report.equal('requests', 'the order placed is open', isOpen(placed.id), true)
    const asked = await withDeadline('fetchOrderWs', exchange.fetchOrderWs(placed.id, pair.name))
    report.message('requests')
    report.equal('requests', 'the order asked for', [asked.id, asked.status, asked.amount], [placed.id, 'open', 0.5])
    const cancelled = await withDeadline('cancelOrderWs', exchange.cancelOrderWs(placed.id, pair.name))
    report.message('requests')
    report.equal('requests', 'the order taken back', [cancelled.id, isOpen(placed.id)], [placed.id, false])
  } catch (thrown) {
    report.failure('requests', thrown)
  }
}
