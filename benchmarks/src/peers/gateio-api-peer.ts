import type { Instrument } from '@tapewire/core'
import type { EmulatedVenue, ExchangeEmulation } from '@tapewire/testkit'
import { importPeer } from '../subjects/peers.js'
import { withDeadline } from './deadline.js'
import { GateioBook, type GateioBookPush } from './gateio-book.js'
import type { Peer, RunningPeer, Scene } from './peer.js'

/** The parts of gateio-api that are used here. */
interface GateioApi {
  readonly WebsocketClient: new (options: object, logger: object) => GateioSocket
  readonly WebsocketAPIClient: new (options: object, logger: object) => GateioOrders
  readonly RestClient: new (options: object) => GateioRest
}

interface GateioSocket {
  on(event: string, listener: (data: GateioFrame) => void): void
  subscribe(requests: readonly object[], key: 'spotV4'): void
  closeAll(isForced: boolean): void
}

interface GateioOrders {
  submitNewSpotOrder(order: object): Promise<unknown>
  getSpotOrderStatus(order: object): Promise<GateioReply>
  getSpotOrders(filter: object): Promise<{ readonly data: { readonly result: readonly Row[] } }>
  cancelSpotOrder(order: object): Promise<GateioReply>
  getWSClient(): GateioSocket
}

interface GateioReply {
  readonly data: { readonly result: Row }
}

interface GateioRest {
  getSpotCurrencyPairs(): Promise<readonly Row[]>
  getSpotTicker(query: object): Promise<readonly Row[]>
  getSpotOrderBook(query: object): Promise<Row & GateioImage>
  getSpotTrades(query: object): Promise<readonly Row[]>
  getSpotCandles(query: object): Promise<readonly (readonly string[])[]>
  getSpotAccounts(): Promise<readonly Row[]>
  getSpotOpenOrders(): Promise<readonly { readonly orders: readonly Row[] }[]>
}

interface GateioImage {
  readonly id: number
  readonly bids: readonly (readonly [string, string])[]
  readonly asks: readonly (readonly [string, string])[]
}

type Row = Readonly<Record<string, string>>

interface GateioFrame {
  readonly channel?: string
  readonly error?: { readonly message: string }
  readonly result?: unknown
}

const channels: Readonly<Record<string, string>> = {
  'spot.obu': 'orderbook',
  'spot.order_book_update': 'orderbook (update)',
  'spot.order_book': 'orderbook (images)',
  'spot.trades': 'trades',
  'spot.tickers': 'ticker',
  'spot.book_ticker': 'book_ticker',
  'spot.candlesticks': 'candles',
  'spot.orders': 'orders',
  'spot.usertrades': 'executions',
  'spot.balances': 'balances',
}

const silent = { trace: () => {}, info: () => {}, error: () => {} }
const quietly = async (work: () => Promise<void>, failed: (thrown: unknown) => void): Promise<void> => {
  try {
    await work()
  } catch (thrown) {
    failed(thrown)
  }
}

/** gateio-api: it hands out pushes as they are, so books are kept here, by the rules of the exchange's documentation. */
export function gateioApiPeer(emulation: ExchangeEmulation<EmulatedVenue>): Omit<Peer, 'name'> {
  return { client: 'gateio-api', emulation, start: startGateioApi }
}

async function startGateioApi(scene: Scene): Promise<RunningPeer> {
  const { WebsocketClient, WebsocketAPIClient, RestClient } = await importPeer<GateioApi>('gateio-api')
  const { server, credentials, pairs, report } = scene
  const options = { ...credentials, wsUrl: `${server.url}ws/v4/` }
  const rest = new RestClient({ ...credentials, baseUrl: `${server.restUrl}/api/v4` })
  const byName = new Map(pairs.map((pair) => [wireName(pair), pair]))
  for (const channel of Object.values(channels)) report.expect(channel)

  const kept = new Map(pairs.map((pair) => [pair, new GateioBook(50)]))
  const updated = new Map(pairs.map((pair) => [pair, new GateioBook(100)]))
  const last = new Map<string, Row>()
  const images = new Map<Instrument, GateioImage>()

  /** Books of `spot.order_book_update` need an image that is not older than what came since. */
  const fetchImage = (pair: Instrument, book: GateioBook): void => {
    void quietly(
      async () => {
        const query = { currency_pair: wireName(pair), limit: 100, with_id: true }
        const { id, bids, asks } = await rest.getSpotOrderBook(query)
        book.replace({ u: id, b: bids, a: asks })
      },
      (thrown) => report.failure('orderbook (update)', thrown),
    )
  }

  const readers: Readonly<Record<string, (result: Row & GateioBookPush) => void>> = {
    'spot.obu': (push) => {
      const pair = byName.get(push.s.split('.')[1] ?? '')
      const book = pair && kept.get(pair)
      if (push.full === true) book?.replace(push)
      else if (book?.apply(push) === false) report.mismatch('orderbook', `${push.s}: a gap before ${push.U}`)
    },
    'spot.order_book_update': (push) => {
      const pair = byName.get(push.s)
      const book = pair && updated.get(pair)
      if (pair === undefined || book === undefined) return
      if (book.isWaiting && !book.isAsked) {
        book.isAsked = true
        fetchImage(pair, book)
      }
      if (!book.apply(push)) report.mismatch('orderbook (update)', `${push.s}: a gap before ${push.U}`)
    },
    'spot.order_book': (push) => {
      const pair = byName.get(push.s)
      if (pair !== undefined) images.set(pair, push as unknown as GateioImage)
    },
    'spot.trades': (trade) => tellTrade(trade, scene, byName),
    'spot.tickers': (ticker) => last.set(`ticker ${ticker.currency_pair}`, ticker),
    'spot.book_ticker': (ticker) => last.set(`quote ${ticker.s}`, ticker),
    'spot.candlesticks': (candle) => last.set(`candle ${candle.n}`, candle),
  }
  const rowReaders: Readonly<Record<string, (row: Row) => void>> = {
    'spot.orders': ({ id = '', side = '', price = '', amount = '', filled_amount: filled = '' }) =>
      scene.checks.order({ id, side, price, size: amount, filled }),
    'spot.usertrades': ({ side = '', price = '', amount = '' }) => scene.checks.fill({ side, price, size: amount }),
    'spot.balances': ({ currency = '', available = '', freeze = '' }) =>
      scene.checks.balance({ asset: currency, free: available, locked: freeze }),
  }

  const socket = new WebsocketClient(options, silent)
  socket.on('update', ({ channel = '', result }) => {
    const name = channels[channel]
    if (name === undefined) return
    report.message(name)
    if (Array.isArray(result)) for (const row of result) rowReaders[channel]?.(row)
    else readers[channel]?.(result as Row & GateioBookPush)
  })
  socket.on('response', ({ channel = '', error }) => {
    if (error !== undefined) report.failure(channels[channel] ?? channel, error)
  })
  socket.on('exception', (event) => report.failure('requests', event))
  socket.subscribe(topicsOf(pairs), 'spotV4')

  const orders = new WebsocketAPIClient({ ...options, attachEventListeners: false }, silent)

  return {
    async compare() {
      const { market } = server
      for (const pair of pairs) {
        const name = wireName(pair)
        kept.get(pair)?.compare((bids, asks) => scene.checks.book('orderbook', pair, bids, asks, 50))
        updated.get(pair)?.compare((bids, asks) => scene.checks.book('orderbook (update)', pair, bids, asks, 100))
        const image = images.get(pair)
        scene.checks.book('orderbook (images)', pair, image?.bids ?? [], image?.asks ?? [], 20)
        const statistics = market.statistics(pair)
        report.equal('ticker', name, last.get(`ticker ${name}`)?.last, statistics.last)
        const { bids, asks } = market.book(pair, 1)
        const quote = last.get(`quote ${name}`)
        report.equal('book_ticker', name, [quote?.b, quote?.B, quote?.a, quote?.A], [...bids, ...asks].flat())
        report.equal('candles', name, last.get(`candle 1m_${name}`)?.c, statistics.last)
      }
      await compareRest(rest, scene)
      await quietly(
        () => withDeadline('an order', placeOrder(orders, scene)),
        (thrown) => report.failure('requests', thrown),
      )
    },
    async close() {
      socket.closeAll(true)
      orders.getWSClient().closeAll(true)
    },
  }
}

function wireName({ base, quote }: Instrument): string {
  return `${base}_${quote}`
}

function topicsOf(pairs: readonly Instrument[]): object[] {
  const names = pairs.map(wireName)
  return [
    { topic: 'spot.obu', payload: names.map((name) => `ob.${name}.50`) },
    ...names.map((name) => ({ topic: 'spot.order_book_update', payload: [name, '100ms'] })),
    ...names.map((name) => ({ topic: 'spot.order_book', payload: [name, '20', '100ms'] })),
    { topic: 'spot.trades', payload: names },
    { topic: 'spot.tickers', payload: names },
    { topic: 'spot.book_ticker', payload: names },
    ...names.map((name) => ({ topic: 'spot.candlesticks', payload: ['1m', name] })),
    { topic: 'spot.orders', payload: ['!all'] },
    { topic: 'spot.usertrades', payload: ['!all'] },
    { topic: 'spot.balances' },
  ]
}

function tellTrade(trade: Row, { checks }: Scene, byName: ReadonlyMap<string, Instrument>): void {
  const { currency_pair: name = '', side = '', price = '', amount = '' } = trade
  const pair = byName.get(name)
  if (pair !== undefined) checks.trade(pair, { side, price, size: amount })
}

async function compareRest(rest: GateioRest, { server, pairs, report, checks }: Scene): Promise<void> {
  const { market, venue } = server
  const ask = (what: string, work: () => Promise<void>): Promise<void> =>
    quietly(
      async () => {
        await withDeadline(what, work())
        report.message('rest')
      },
      (thrown) => report.failure('rest', { what, thrown }),
    )
  report.expect('rest')
  await ask('currency pairs', async () => {
    const listed = await rest.getSpotCurrencyPairs()
    report.equal(
      'rest',
      'currency pairs',
      listed.map(({ id }) => id),
      pairs.map(wireName),
    )
  })
  for (const pair of pairs) {
    const query = { currency_pair: wireName(pair) }
    await ask('order book', async () => {
      const { bids, asks } = await rest.getSpotOrderBook({ ...query, limit: 50 })
      checks.book('rest', pair, bids, asks, 50)
    })
    await ask('ticker', async () => {
      const [ticker] = await rest.getSpotTicker(query)
      report.equal('rest', `${pair} ticker`, ticker?.last, market.statistics(pair).last)
    })
    await ask('trades', async () => {
      const [newest] = await rest.getSpotTrades(query)
      report.equal('rest', `${pair} newest trade`, newest?.id, String(market.lastTrade(pair).id))
    })
    await ask('candles', async () => {
      const candles = await rest.getSpotCandles({ ...query, interval: '1m' })
      report.equal('rest', `${pair} candle`, candles.at(-1)?.[2], market.statistics(pair).last)
    })
  }
  await ask('accounts', async () => {
    const told = await rest.getSpotAccounts()
    const truth = venue.account.balances().map(({ asset, free, locked }) => [asset, Number(free), Number(locked)])
    report.equal(
      'rest',
      'accounts',
      told.map(({ currency, available, locked }) => [currency, Number(available), Number(locked)]),
      truth,
    )
  })
  await ask('open orders', async () => {
    const told = (await rest.getSpotOpenOrders()).flatMap(({ orders }) => orders.map(({ id = '' }) => id)).sort()
    report.equal(
      'rest',
      'open orders',
      told,
      venue.account
        .openOrders()
        .map(({ id }) => id)
        .sort(),
    )
  })
}

/** Places an order far from the market over the socket, asks for it, and takes it back. */
async function placeOrder(client: GateioOrders, { pairs, server, report }: Scene): Promise<void> {
  const [pair] = pairs as readonly [Instrument]
  const { account } = server.venue
  const currencyPair = wireName(pair)
  const text = 't-peers'
  const mine = (): string | undefined => account.openOrders().find(({ clientId }) => clientId === text)?.id
  report.expect('requests')
  const price = String(Math.round(Number(server.market.book(pair, 1).bids[0]?.[0]) * 0.5))
  await client.submitNewSpotOrder({
    text,
    currency_pair: currencyPair,
    type: 'limit',
    side: 'buy',
    amount: '0.5',
    price,
  })
  report.message('requests')
  // What it is handed is the first of two replies, which says that the request arrived.
  const listed = (await client.getSpotOrders({ currency_pair: currencyPair, status: 'open' })).data.result
  report.message('requests')
  const id = listed.find((order) => order.text === text)?.id
  report.equal('requests', 'the order placed', id, mine())
  const asked = (await client.getSpotOrderStatus({ order_id: id, currency_pair: currencyPair })).data.result
  report.message('requests')
  report.equal('requests', 'the order asked for', [asked.id, asked.status, asked.amount], [id, 'open', '0.5'])
  const cancelled = (await client.cancelSpotOrder({ order_id: id, currency_pair: currencyPair })).data.result
  report.message('requests')
  report.equal('requests', 'the order taken back', [cancelled.id, mine() ?? null], [id, null])
}
