import type { Clock } from '@tapewire/core'
import type { VenueRequest, VenueResponse } from '@tapewire/testkit'
import { distrust, restDistrustOf } from '../authorize.js'
import type { VenueFaults } from '../control.js'
import type { AccountEndpoints } from './account-endpoints.js'
import type { MarketEndpoints } from './market-endpoints.js'
import { failure } from './rest-reply.js'

/** Requests an endpoint answers in a window. Source: Gate.io REST v4 docs, "Limit Rules". */
const maxRequests = 200
const windowMs = 10_000

/** The page of a firewall in front of the API, as far as clients see it. */
const firewallPage: VenueResponse = {
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1></body></html>',
}

interface RestContext {
  readonly clock: Clock
  readonly faults: VenueFaults
  readonly markets: MarketEndpoints
  readonly account: AccountEndpoints
}

/** The REST API as far as clients need it to start, with or without its prefix `/api/v4`. */
export class RestApi {
  readonly #context: RestContext
  readonly #windows = new Map<string, { readonly startedAt: number; requests: number }>()

  constructor(context: RestContext) {
    this.#context = context
  }

  handle(request: VenueRequest): VenueResponse {
    const path = request.url.pathname.replace(/^\/api\/v4/, '')
    const { restBlock } = this.#context.faults
    if (restBlock === 'firewall') return firewallPage
    const limits = this.#countRequest(path)
    if (limits.left < 0 || restBlock === 'rate-limit')
      return failure(429, 'TOO_MANY_REQUESTS', 'Request Rate limit Exceeded', limits.headers)
    return { ...this.#answer(path, request), headers: limits.headers }
  }

  #answer(path: string, request: VenueRequest): VenueResponse {
    const { markets, account, clock, faults } = this.#context
    const absent = failure(404, 'NOT_FOUND', `no such endpoint: ${request.method} ${path}`)
    if (!account.owns(path)) {
      if (request.method !== 'GET') return failure(405, 'METHOD_NOT_ALLOWED', `${request.method} is not supported here`)
      return markets.answer(path, request.url.searchParams) ?? absent
    }
    const { signedRefusal } = faults
    const wrong =
      signedRefusal === null ? restDistrustOf(request, clock.now()) : distrust(signedRefusal, 'refused on purpose')
    return wrong === null
      ? (account.answer(path, request) ?? absent)
      : failure(wrong.status, wrong.label, wrong.message)
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
