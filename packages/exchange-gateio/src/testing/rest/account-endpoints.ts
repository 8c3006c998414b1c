import type { AccountSimulator, OrderEvent, VenueRequest, VenueResponse } from '@tapewire/testkit'
import { accountBody, fillBody, orderBody } from '../account/account-bodies.js'
import { isRefused, type OrderDesk, type OrderRefusal } from '../account/order-desk.js'
import { demoUserId } from '../authorize.js'
import { wireNameOf } from '../feeds/feed.js'
import { type TextFields, textFields } from '../text-fields.js'
import { failure, success } from './rest-reply.js'

export interface AccountEndpointsContext {
  readonly account: AccountSimulator
  readonly desk: OrderDesk
}

/** What an order is named by that the client did not name. Source: Gate.io REST v4 docs, "Create an order". */
const unnamedOrder = 'apiv4'

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
        return openOrdersReply(desk.open(textFields(Object.fromEntries(parameters))))
      case 'GET /spot/orders':
        return listReply(desk.list(textFields(Object.fromEntries(parameters))), orderBody)
      case 'GET /spot/my_trades':
        return listReply(desk.fills(textFields(Object.fromEntries(parameters))), fillBody)
      case 'POST /spot/orders':
        return orderReply(desk.place(readBody(body), unnamedOrder), 201)
      case 'GET /spot/orders/ID':
        return orderReply(desk.find(id))
      case 'DELETE /spot/orders/ID':
        return orderReply(desk.cancel(id))
      default:
        return null
    }
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

function openOrdersReply(answer: readonly OrderEvent[] | OrderRefusal): VenueResponse {
  return isRefused(answer) ? refusalReply(answer) : success(openOrdersByPair(answer))
}

function orderReply(answer: OrderEvent | OrderRefusal, status = 200): VenueResponse {
  return isRefused(answer) ? refusalReply(answer) : { status, body: JSON.stringify(orderBody(answer)) }
}

function listReply<Row>(answer: readonly Row[] | OrderRefusal, describe: (row: Row) => object): VenueResponse {
  return isRefused(answer) ? refusalReply(answer) : success(answer.map(describe))
}

function refusalReply({ status, label, message }: OrderRefusal): VenueResponse {
  return failure(status, label, message)
}

function readBody(body: string): TextFields {
  try {
    return textFields(JSON.parse(body))
  } catch {
    return {}
  }
}
