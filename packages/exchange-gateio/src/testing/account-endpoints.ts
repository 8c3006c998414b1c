import type { AccountSimulator, OrderEvent, VenueRequest, VenueResponse } from '@tapewire/testkit'
import { accountBody, fillBody, orderBody } from './account-bodies.js'
import type { AccountOrders } from './account-orders.js'
import { demoUserId } from './authorize.js'
import { wireNameOf } from './feeds/feed.js'
import { isRefused, type OrderDesk, type OrderFields, type OrderRefusal } from './order-desk.js'
import { failure, success } from './rest-reply.js'

export interface AccountEndpointsContext {
  readonly account: AccountSimulator
  readonly orders: AccountOrders
  readonly desk: OrderDesk
}

/** Orders and fills: what is given without `limit`. Source: Gate.io REST v4 docs. */
const defaultLimit = 100

/** What its owner may ask about the account, and do with it. Source: Gate.io REST v4 docs, "Spot", "Account". */
export class AccountEndpoints {
  readonly #context: AccountEndpointsContext

  constructor(context: AccountEndpointsContext) {
    this.#context = context
  }

  /** Whether this is a path of the account: whether a request must be signed. */
  owns(path: string): boolean {
    return /^\/(account|wallet|unified)\/|^\/spot\/(accounts|open_orders|orders|my_trades)(\/|$)/.test(path)
  }

  /** Null for what is no endpoint of these. */
  answer(path: string, { method, url, body }: VenueRequest): VenueResponse | null {
    const { account, desk } = this.#context
    const { searchParams: parameters } = url
    const id = /^\/spot\/orders\/([^/]+)$/.exec(path)?.[1]
    switch (`${method} ${id === undefined ? path : '/spot/orders/ID'}`) {
      case 'GET /account/detail':
        return success(accountDetail)
      case 'GET /spot/accounts': {
        const currency = parameters.get('currency')
        return success(
          account
            .balances()
            .filter(({ asset }) => currency === null || asset === currency)
            .map(accountBody),
        )
      }
      case 'GET /spot/open_orders':
        return success(openOrdersByPair(this.#context.orders.orders('open')))
      case 'GET /spot/orders':
        return this.#ordersOf(parameters)
      case 'GET /spot/my_trades':
        return success(this.#fills(parameters))
      case 'POST /spot/orders':
        return orderReply(desk.place(readBody(body)), 201)
      case 'GET /spot/orders/ID':
        return orderReply(desk.find(id))
      case 'DELETE /spot/orders/ID':
        return orderReply(desk.cancel(id))
      default:
        return null
    }
  }

  #ordersOf(parameters: URLSearchParams): VenueResponse {
    const pair = this.#context.desk.pairOf({ currency_pair: parameters.get('currency_pair') })
    const status = parameters.get('status')
    if (status !== 'open' && status !== 'finished')
      return failure(400, 'INVALID_PARAM_VALUE', 'invalid argument: status')
    if (pair === null && status === 'open') return failure(400, 'INVALID_CURRENCY_PAIR', 'Invalid currency pair')
    const orders = this.#context.orders.orders(status).filter((order) => pair === null || order.pair === pair)
    return success(orders.slice(0, limitOf(parameters)).map(orderBody))
  }

  #fills(parameters: URLSearchParams): object[] {
    const wireSymbol = parameters.get('currency_pair')
    const fills = this.#context.orders.fills.filter(
      ({ pair }) => wireSymbol === null || wireNameOf(pair) === wireSymbol,
    )
    return fills.slice(0, limitOf(parameters)).map(fillBody)
  }
}

/** `mode` 1 is a classic account, not a unified one. */
const accountDetail: object = {
  user_id: demoUserId,
  ip_whitelist: [],
  currency_pairs: [],
  key: { mode: 1 },
  tier: 0,
  tier_expire_time: '0001-01-01T00:00:00Z',
  copy_trading_role: 0,
}

function openOrdersByPair(orders: readonly OrderEvent[]): object[] {
  return [...new Set(orders.map(({ pair }) => pair))].map((pair) => {
    const open = orders.filter((order) => order.pair === pair)
    return { currency_pair: wireNameOf(pair), total: open.length, orders: open.map(orderBody) }
  })
}

function orderReply(answer: OrderEvent | OrderRefusal, status = 200): VenueResponse {
  if (isRefused(answer)) return failure(answer.status, answer.label, answer.message)
  return { status, body: JSON.stringify(orderBody(answer)) }
}

function readBody(body: string): OrderFields {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as OrderFields) : {}
  } catch {
    return {}
  }
}

function limitOf(parameters: URLSearchParams): number {
  return Number(parameters.get('limit') ?? defaultLimit)
}
