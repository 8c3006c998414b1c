import type { Clock, Instrument } from '@tapewire/core'
import type { BookImage, MarketSimulator, VenueRequest, VenueResponse } from '@tapewire/testkit'
import type { VenueFaults } from './control.js'
import { wireNameOf } from './feeds/feed.js'
import type { FindPair } from './requests.js'

/** Public requests an endpoint answers in a window. Source: Gate.io REST v4 docs, "Limit Rules". */
const maxRequests = 200
const windowMs = 10_000

/** Levels a side: what is given without `limit`, and at most. */
const defaultLimit = 10
const maxLimit = 1_000

/** The page of a firewall in front of the API, as far as clients see it. */
const firewallPage: VenueResponse = {
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1></body></html>',
}

interface RestContext {
  readonly clock: Clock
  readonly market: MarketSimulator
  readonly findPair: FindPair
  readonly faults: VenueFaults
}

/** The public REST API as far as an adapter needs it, with or without its prefix `/api/v4`. */
export class RestApi {
  readonly #context: RestContext
  readonly #windows = new Map<string, { readonly startedAt: number; requests: number }>()
  #oldImages: ReadonlyMap<Instrument, BookImage> = new Map()
  #oldImagesLeft = 0

  constructor(context: RestContext) {
    this.#context = context
  }

  /** Answers the next `requests` for a book with the books of now, however old they are by then: Gate.io caches them (gateio/gatews#51). */
  keepImages(requests: number): void {
    const { market } = this.#context
    this.#oldImages = new Map(market.pairs.map((pair) => [pair, market.book(pair)]))
    this.#oldImagesLeft = requests
  }

  handle({ method, url }: VenueRequest): VenueResponse {
    const path = url.pathname.replace(/^\/api\/v4/, '')
    const { restBlock } = this.#context.faults
    if (restBlock === 'firewall') return firewallPage
    if (method !== 'GET') return failure(405, 'METHOD_NOT_ALLOWED', `${method} is not supported here`)
    const limits = this.#countRequest(path)
    if (limits.left < 0 || restBlock === 'rate-limit')
      return failure(429, 'TOO_MANY_REQUESTS', 'Request Rate limit Exceeded', limits.headers)
    return { ...this.#answer(path, url.searchParams), headers: limits.headers }
  }

  #answer(path: string, parameters: URLSearchParams): VenueResponse {
    switch (path) {
      case '/spot/time':
        return success({ server_time: Math.floor(this.#context.clock.now()) })
      case '/spot/currency_pairs':
        return success(this.#currencyPairs())
      case '/spot/order_book':
        return this.#orderBook(parameters)
      default:
        return failure(404, 'NOT_FOUND', `no such endpoint: ${path}`)
    }
  }

  #currencyPairs(): object[] {
    const { market, findPair } = this.#context
    return market.pairs.flatMap((pair) => {
      const { priceDigits, sizeDigits } = market.precision(pair)
      const id = wireNameOf(pair)
      if (findPair(id) === null) return []
      const names = { id, base: pair.base, base_name: pair.base, quote: pair.quote, quote_name: pair.quote }
      const rules = { fee: '0.2', min_quote_amount: '3', amount_precision: sizeDigits, precision: priceDigits }
      return [
        { ...names, ...rules, trade_status: 'tradable', sell_start: 0, buy_start: 0, type: 'normal', st_tag: false },
      ]
    })
  }

  #orderBook(parameters: URLSearchParams): VenueResponse {
    const wireSymbol = parameters.get('currency_pair') ?? ''
    const pair = this.#context.findPair(wireSymbol)
    if (pair === null) return failure(400, 'INVALID_CURRENCY_PAIR', `Invalid currency pair ${wireSymbol}`)
    const limit = Number(parameters.get('limit') ?? defaultLimit)
    if (!(limit >= 1 && limit <= maxLimit)) return failure(400, 'INVALID_PARAM_VALUE', `Invalid limit ${limit}`)
    const { lastId, bids, asks, time } = this.#image(pair)
    return success({
      ...(parameters.get('with_id') === 'true' ? { id: lastId } : {}),
      current: Math.floor(this.#context.clock.now()),
      update: time,
      asks: asks.slice(0, limit),
      bids: bids.slice(0, limit),
    })
  }

  #image(pair: Instrument): BookImage {
    const oldImage = this.#oldImagesLeft > 0 ? this.#oldImages.get(pair) : undefined
    if (oldImage === undefined) return this.#context.market.book(pair)
    this.#oldImagesLeft -= 1
    return oldImage
  }

  #countRequest(path: string): { left: number; headers: Record<string, string> } {
    const now = this.#context.clock.now()
    const known = this.#windows.get(path)
    const window = known !== undefined && now - known.startedAt < windowMs ? known : { startedAt: now, requests: 0 }
    this.#windows.set(path, window)
    window.requests += 1
    const left = maxRequests - window.requests
    return {
      left,
      headers: {
        'X-Gate-RateLimit-Requests-Remain': String(Math.max(0, left)),
        'X-Gate-RateLimit-Limit': String(maxRequests),
        'X-Gate-RateLimit-Reset-Timestamp': String(Math.floor((window.startedAt + windowMs) / 1000)),
      },
    }
  }
}

function success(body: object): VenueResponse {
  return { status: 200, body: JSON.stringify(body) }
}

function failure(status: number, label: string, message: string, headers: Record<string, string> = {}): VenueResponse {
  return { status, body: JSON.stringify({ label, message }), headers }
}
