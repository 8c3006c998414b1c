import type { Clock, Instrument } from '@tapewire/core'
import type { BookImage, MarketSimulator, TextLevel, VenueRequest, VenueResponse } from '@tapewire/testkit'
import { refusalOf } from './authorize.js'
import type { VenueFaults } from './control.js'
import { padded } from './decimals.js'
import { wireNameOf } from './feeds/feed.js'
import type { IssuedListenKeys } from './listen-keys.js'
import { refusal } from './replies.js'

/** Levels a side that REST has at most, whatever is asked for (AbuShl123/screener-backend-v2). */
const maxLevels = 2_000
const defaultLevels = 100

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

export interface RestContext {
  readonly market: MarketSimulator
  readonly clock: Clock
  readonly pairs: ReadonlyMap<string, Instrument>
  readonly listenKeys: IssuedListenKeys
  readonly faults: VenueFaults
  /** A key was given back: its connections end. */
  readonly onRevoked: (listenKey: string) => void
}

/** The REST endpoints an adapter uses. Source: MEXC spot v3 API docs, "Market Data Endpoints" and "Listen Key". */
export class RestApi {
  readonly #options: RestContext
  #oldImages: ReadonlyMap<Instrument, BookImage> = new Map()
  #oldImagesLeft = 0

  constructor(options: RestContext) {
    this.#options = options
  }

  /** Answers the next requests for a book with the books of now, however old they are by then. */
  keepImages(requests: number): void {
    const { market } = this.#options
    this.#oldImages = new Map(market.pairs.map((pair) => [pair, market.book(pair)]))
    this.#oldImagesLeft = requests
  }

  handle(request: VenueRequest): VenueResponse {
    const { faults, clock } = this.#options
    const endpoint = `${request.method} ${request.url.pathname}`
    faults.requests.push(endpoint)
    if (faults.restBlock !== null) return faults.restBlock === 'firewall' ? firewallPage : tooManyRequests
    switch (endpoint) {
      case 'GET /api/v3/ping':
        return ok({})
      case 'GET /api/v3/time':
        return ok({ serverTime: Math.floor(clock.now()) })
      case 'GET /api/v3/depth':
        return this.#depth(request)
      case 'GET /api/v3/exchangeInfo':
        return this.#exchangeInfo(request)
      case 'GET /api/v3/defaultSymbols':
        return ok({ code: 200, data: [...this.#options.pairs.keys()], msg: null })
      case 'POST /api/v3/userDataStream':
      case 'GET /api/v3/userDataStream':
      case 'PUT /api/v3/userDataStream':
      case 'DELETE /api/v3/userDataStream':
        return this.#userDataStream(request)
      default:
        return { status: 404, body: '{"code":404,"msg":"Not Found"}' }
    }
  }

  #userDataStream(request: VenueRequest): VenueResponse {
    const { faults, clock, listenKeys, onRevoked } = this.#options
    if (faults.signedRefusal !== null) return refusal(Number(faults.signedRefusal))
    const refused = refusalOf(request, clock)
    if (refused !== null) return refused
    const listenKey = request.url.searchParams.get('listenKey') ?? ''
    switch (request.method) {
      case 'POST':
        return ok({ listenKey: listenKeys.issue() })
      case 'PUT':
        return listenKeys.renew(listenKey) ? ok({ listenKey }) : refusal(730708)
      case 'DELETE':
        if (!listenKeys.revoke(listenKey)) return refusal(730708)
        onRevoked(listenKey)
        return ok({ listenKey })
      default:
        return ok({ listenKey: listenKeys.live, total: 200, available: 200 - listenKeys.live.length })
    }
  }

  #depth({ url }: VenueRequest): VenueResponse {
    const { market, pairs, clock } = this.#options
    const pair = pairs.get(url.searchParams.get('symbol') ?? '')
    if (pair === undefined) return invalidSymbol
    const limit = Number(url.searchParams.get('limit') ?? defaultLevels)
    if (!(limit >= 1 && limit <= 5_000)) return { status: 400, body: '{"code":33333,"msg":"Parameter error"}' }
    const depth = Math.min(limit, maxLevels)
    const image = (this.#oldImagesLeft-- > 0 ? this.#oldImages.get(pair) : undefined) ?? market.book(pair, depth)
    const { priceDigits, sizeDigits } = market.precision(pair)
    const wire = (levels: readonly TextLevel[]): TextLevel[] =>
      levels.slice(0, depth).map(([price, size]) => [padded(price, priceDigits), padded(size, sizeDigits)])
    return ok({
      lastUpdateId: image.lastId,
      bids: wire(image.bids),
      asks: wire(image.asks),
      timestamp: Math.floor(clock.now()),
    })
  }

  #exchangeInfo({ url }: VenueRequest): VenueResponse {
    const { market, pairs, clock } = this.#options
    const asked = url.searchParams.get('symbol') ?? url.searchParams.get('symbols')
    const names = asked === null ? [...pairs.keys()] : asked.split(',')
    if (names.some((name) => !pairs.has(name))) return invalidSymbol
    const symbols = [...pairs].filter(([name]) => names.includes(name)).map(([, pair]) => describePair(pair, market))
    return ok({ timezone: 'CST', serverTime: Math.floor(clock.now()), rateLimits: [], exchangeFilters: [], symbols })
  }
}

const invalidSymbol: VenueResponse = { status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}' }

function describePair(pair: Instrument, market: MarketSimulator): Record<string, unknown> {
  const { priceDigits, sizeDigits } = market.precision(pair)
  return {
    symbol: wireNameOf(pair),
    status: '1',
    baseAsset: pair.base,
    baseAssetPrecision: sizeDigits,
    quoteAsset: pair.quote,
    quotePrecision: priceDigits,
    quoteAssetPrecision: priceDigits,
    baseSizePrecision: sizeDigits === 0 ? '1' : `0.${'1'.padStart(sizeDigits, '0')}`,
    quoteAmountPrecision: '1',
    orderTypes: ['LIMIT', 'MARKET', 'LIMIT_MAKER'],
    isSpotTradingAllowed: true,
    permissions: ['SPOT'],
    tradeSideType: 1,
  }
}

function ok(body: object): VenueResponse {
  return { status: 200, body: JSON.stringify(body) }
}
