import { importPeer } from './peers.js'
import type { SubjectTask } from './subject-task.js'

/** The parts of ccxt that are used here. */
interface Ccxt {
  readonly default: { readonly pro: Readonly<Record<'gate' | 'mexc', new (options: object) => CcxtExchange>> }
}

export interface CcxtExchange {
  urls: { api: Record<string, unknown> }
  readonly bidsasks: Readonly<Record<string, CcxtTicker>>
  readonly tickers: Readonly<Record<string, CcxtTicker>>
  readonly trades: Readonly<Record<string, readonly { readonly price: number; readonly amount: number }[]>>
  readonly orderbooks: Record<string, CcxtBook>
  /** Needed for addresses without TLS, proxy or not. */
  loadHttpProxyAgent(): Promise<unknown>
  handleMessage(client: unknown, message: unknown): void
  /** Its connection to an address; not opened before something is watched. */
  client(url: string): { onMessage(event: { readonly data: string }): void }
  orderBook(): CcxtBook
  setMarkets(markets: readonly object[]): void
  watchBidsAsks(symbols: readonly string[]): Promise<unknown>
  watchTicker(symbol: string): Promise<unknown>
  watchTrades(symbol: string): Promise<unknown>
  watchOrderBook(symbol: string): Promise<unknown>
}

export interface CcxtTicker {
  readonly bid: number
  readonly bidVolume: number
  readonly ask: number
  readonly askVolume: number
}

export interface CcxtBook {
  readonly nonce: number
  reset(image: object): void
  readonly bids: readonly (readonly [number, number])[]
  readonly asks: readonly (readonly [number, number])[]
}

/** An exchange of ccxt at this address, with the markets that `loadMarkets` would have fetched. */
export async function createCcxtExchange({
  venue,
  url,
  symbols,
}: Pick<SubjectTask, 'venue' | 'url' | 'symbols'>): Promise<CcxtExchange> {
  const { pro } = (await importPeer<Ccxt>('ccxt')).default
  const exchange = new pro[venue === 'gateio' ? 'gate' : 'mexc']({ enableRateLimit: false })
  await exchange.loadHttpProxyAgent()
  const { api } = exchange.urls
  if (venue === 'gateio') api.spot = url
  else (api.ws as Record<string, string>).spot = url
  exchange.setMarkets(symbols.map((symbol) => market(symbol, venue === 'gateio' ? '_' : '')))
  return exchange
}

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
