import { bookValue, quoteValue } from '../measure/message-values.js'
import { importPeer } from './peers.js'
import type { ConnectSubject, SubjectTask } from './subject-task.js'

/** The parts of ccxt that are used here. */
interface Ccxt {
  readonly default: { readonly pro: Readonly<Record<'gate' | 'mexc', new (options: object) => CcxtExchange>> }
}

interface CcxtExchange {
  urls: { api: Record<string, unknown> }
  readonly bidsasks: Readonly<Record<string, CcxtTicker>>
  readonly tickers: Readonly<Record<string, CcxtTicker>>
  readonly trades: Readonly<Record<string, readonly { readonly price: number; readonly amount: number }[]>>
  readonly orderbooks: Readonly<Record<string, CcxtBook>>
  /** Needed for addresses without TLS, proxy or not. */
  loadHttpProxyAgent(): Promise<unknown>
  handleMessage(client: unknown, message: unknown): void
  setMarkets(markets: readonly object[]): void
  watchBidsAsks(symbols: readonly string[]): Promise<unknown>
  watchTicker(symbol: string): Promise<unknown>
  watchTrades(symbol: string): Promise<unknown>
  watchOrderBook(symbol: string): Promise<unknown>
}

interface CcxtTicker {
  readonly bid: number
  readonly bidVolume: number
  readonly ask: number
  readonly askVolume: number
}

interface CcxtBook {
  readonly nonce: number
  readonly bids: readonly (readonly [number, number])[]
  readonly asks: readonly (readonly [number, number])[]
}

/**
 * ccxt's own client on a socket to this machine: its connection, its `handleMessage`, its caches, and one user who awaits the `watch…` call in a loop. What the
 * user is handed is coalesced, so messages are counted where `handleMessage` returns, and read from the cache that it filled.
 */
export const ccxt: ConnectSubject = async (task, receiver) => {
  const exchange = await createExchange(task)
  const [symbol, channel] = [task.symbols[0] as string, task.channels[0] as string]
  const { watch, read } = readers(exchange, symbol, task.venue, channel)
  const handleMessage = exchange.handleMessage.bind(exchange)
  exchange.handleMessage = (client, message) => {
    handleMessage(client, message)
    const value = read()
    // Acknowledgements come before there is anything to read.
    if (value !== null) receiver.receive(value, Number.NaN)
  }
  void watchForever(watch)
  await subscribed()
  return { connections: 1 }
}

async function createExchange({ venue, url, symbols }: SubjectTask): Promise<CcxtExchange> {
  const { pro } = (await importPeer<Ccxt>('ccxt')).default
  const exchange = new pro[venue === 'gateio' ? 'gate' : 'mexc']({ enableRateLimit: false })
  await exchange.loadHttpProxyAgent()
  const { api } = exchange.urls
  if (venue === 'gateio') api.spot = url
  else (api.ws as Record<string, string>).spot = url
  exchange.setMarkets(symbols.map((symbol) => market(symbol, venue === 'gateio' ? '_' : '')))
  return exchange
}

/** What `loadMarkets` would have fetched. */
function market(symbol: string, separator: string): object {
  const [base, quote] = symbol.split('/') as [string, string]
  return {
    id: `${base}${separator}${quote}`,
    symbol,
    base,
    quote,
    baseId: base,
    quoteId: quote,
    type: 'spot',
    spot: true,
    active: true,
    precision: { price: 0.1, amount: 0.00001 },
    limits: {},
    info: {},
  }
}

/** How a user watches a channel, and where ccxt keeps the last of it. */
function readers(
  exchange: CcxtExchange,
  symbol: string,
  venue: SubjectTask['venue'],
  channel: string,
): { watch: () => Promise<unknown>; read: () => number | null } {
  const quote = (ticker: CcxtTicker | undefined): number | null =>
    ticker === undefined ? null : quoteValue(ticker.bid, ticker.bidVolume, ticker.ask, ticker.askVolume)
  switch (channel) {
    case 'book_ticker':
      return venue === 'gateio'
        ? { watch: () => exchange.watchBidsAsks([symbol]), read: () => quote(exchange.bidsasks[symbol]) }
        : { watch: () => exchange.watchTicker(symbol), read: () => quote(exchange.tickers[symbol]) }
    case 'trades':
      return {
        watch: () => exchange.watchTrades(symbol),
        read: () => {
          const trade = exchange.trades[symbol]?.at(-1)
          return trade === undefined ? null : trade.price + trade.amount
        },
      }
    case 'orderbook':
      return {
        watch: () => exchange.watchOrderBook(symbol),
        read: () => {
          const book = exchange.orderbooks[symbol]
          const [bid, ask] = [book?.bids[0], book?.asks[0]]
          return book === undefined || bid === undefined || ask === undefined
            ? null
            : bookValue(book.nonce, bid[0], ask[0])
        },
      }
    default:
      throw new Error(`ccxt is not measured on ${channel}.`)
  }
}

async function watchForever(watch: () => Promise<unknown>): Promise<never> {
  while (true) await watch()
}

/** ccxt does not say when a subscription was acknowledged; the load is held back long enough. */
function subscribed(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500))
}
