import type { VenueRequest, VenueResponse } from '@tapewire/testkit'
import { refusalOf } from '../authorize.js'
import { refusal } from '../replies.js'
import { AccountEndpoints, type AccountEndpointsContext } from './account-endpoints.js'
import { MarketEndpoints, type MarketEndpointsContext } from './market-endpoints.js'
import { RestRefusal, RestRequest } from './rest-request.js'

/** The page of the firewall in front of the API, as far as clients see it. */
const firewallPage: VenueResponse = {
  status: 403,
  headers: { 'content-type': 'text/html', server: 'AkamaiGHost' },
  body: "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission to access this server.</BODY></HTML>",
}

const tooManyRequests: VenueResponse = {
  status: 429,
  headers: { 'retry-after': '7' },
  body: '{"code":429,"msg":"Too Many Requests"}',
}

/** Requests that are known afterwards: a run of days makes millions. */
const keptRequests = 1_000

export type RestContext = MarketEndpointsContext & AccountEndpointsContext

/** Answers a request that is right, by the body of its answer; refuses by throwing. */
type Endpoint = (request: RestRequest) => object

/** The REST endpoints that clients need to start and to follow a market and an account; those that trade are not here. */
export class RestApi {
  readonly #options: RestContext
  readonly #market: MarketEndpoints
  readonly #account: AccountEndpoints
  readonly #open: ReadonlyMap<string, Endpoint>
  readonly #signed: ReadonlyMap<string, Endpoint>

  constructor(options: RestContext) {
    this.#options = options
    const market = new MarketEndpoints(options)
    const account = new AccountEndpoints(options)
    this.#market = market
    this.#account = account
    this.#open = new Map<string, Endpoint>([
      ['GET /api/v3/ping', () => ({})],
      ['GET /api/v3/time', () => market.time()],
      ['GET /api/v3/defaultSymbols', () => market.defaultSymbols()],
      ['GET /api/v3/exchangeInfo', (request) => market.exchangeInfo(request)],
      ['GET /api/v3/depth', (request) => market.depth(request)],
      ['GET /api/v3/trades', (request) => market.trades(request)],
      ['GET /api/v3/aggTrades', (request) => market.aggTrades(request)],
      ['GET /api/v3/klines', (request) => market.klines(request)],
      ['GET /api/v3/avgPrice', (request) => market.avgPrice(request)],
      ['GET /api/v3/ticker/24hr', (request) => market.ticker24hr(request)],
      ['GET /api/v3/ticker/price', (request) => market.tickerPrice(request)],
      ['GET /api/v3/ticker/bookTicker', (request) => market.bookTicker(request)],
      // ccxt asks for the futures markets of the same host before it starts: here are none. Source: ccxt/ccxt:ts/src/mexc.ts, fetchSwapMarkets.
      ['GET /api/v1/contract/detail', () => ({ success: true, code: 0, data: [] })],
    ])
    this.#signed = new Map<string, Endpoint>([
      ['GET /api/v3/account', () => account.account()],
      ['GET /api/v3/openOrders', (request) => account.openOrders(request)],
      ['GET /api/v3/allOrders', (request) => account.allOrders(request)],
      ['GET /api/v3/myTrades', (request) => account.myTrades(request)],
      ['GET /api/v3/tradeFee', (request) => account.tradeFee(request)],
      ['GET /api/v3/selfSymbols', () => account.selfSymbols()],
      ['GET /api/v3/capital/config/getall', () => account.currencies()],
      ['POST /api/v3/userDataStream', () => account.createListenKey()],
      ['GET /api/v3/userDataStream', () => account.listListenKeys()],
      ['PUT /api/v3/userDataStream', (request) => account.renewListenKey(request)],
      ['DELETE /api/v3/userDataStream', (request) => account.revokeListenKey(request)],
    ])
  }

  /** Answers the next requests for a book with the books of now, however old they are by then. */
  keepImages(requests: number): void {
    this.#market.books.keep(requests)
  }

  close(): void {
    this.#account.close()
  }

  handle(request: VenueRequest): VenueResponse {
    const { faults, pairs } = this.#options
    const name = `${request.method} ${request.url.pathname}`
    faults.requests.push(name)
    if (faults.requests.length > keptRequests) faults.requests.shift()
    if (faults.restBlock !== null) return faults.restBlock === 'firewall' ? firewallPage : tooManyRequests
    try {
      const endpoint = this.#open.get(name) ?? this.#signedEndpoint(name, request)
      const body = JSON.stringify(endpoint(new RestRequest(request, pairs)))
      const isEndless = faults.snapshotFault === 'endless' && request.url.pathname === '/api/v3/depth'
      return { status: 200, body, ...(isEndless ? { isEndless } : {}) }
    } catch (thrown) {
      if (thrown instanceof RestRefusal) return thrown.response
      throw thrown
    }
  }

  #signedEndpoint(name: string, request: VenueRequest): Endpoint {
    const endpoint = this.#signed.get(name)
    if (endpoint === undefined) throw new RestRefusal({ status: 404, body: '{"code":404,"msg":"Not Found"}' })
    const { faults, clock } = this.#options
    const refused = faults.signedRefusal === null ? refusalOf(request, clock) : refusal(Number(faults.signedRefusal))
    if (refused !== null) throw new RestRefusal(refused)
    return endpoint
  }
}
