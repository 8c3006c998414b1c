import { type Instrument, type Side, StreamError, type TimeInForce } from '@tapewire/core'
import type { AccountSimulator, FillEvent, OrderEvent } from '@tapewire/testkit'
import type { FindPair } from '../requests.js'
import type { TextFields } from '../text-fields.js'
import type { AccountOrders } from './account-orders.js'

/** Why an order was refused, as REST and the socket's requests both say it. Source: Gate.io REST v4 docs, "Error Codes". */
export interface OrderRefusal {
  /** HTTP status. */
  readonly status: number
  readonly label: string
  readonly message: string
}

const timesInForce: Readonly<Record<string, TimeInForce>> = { gtc: 'gtc', ioc: 'ioc', fok: 'fok', poc: 'post_only' }
/** Orders and fills: what is given without `limit`, and at most. Source: Gate.io REST v4 docs. */
const defaultRows = 100
const mostRows = 1_000
/** Open orders of one market in a page, at most. Source: Gate.io REST v4 docs, `GET /spot/open_orders`. */
const mostOpenRows = 100

/** What a client may name an order. Source: Gate.io spot WebSocket v4 docs, "Order Place". */
const clientIdPattern = /^t-[0-9A-Za-z_.-]{1,28}$/

/** Places and cancels orders on the account, however they were asked for. */
export class OrderDesk {
  readonly #account: AccountSimulator
  readonly #orders: AccountOrders
  readonly #findPair: FindPair

  constructor(account: AccountSimulator, orders: AccountOrders, findPair: FindPair) {
    this.#account = account
    this.#orders = orders
    this.#findPair = findPair
  }

  /** `unnamed` is what an order is named that the client did not name. */
  place(fields: TextFields, unnamed: string): OrderEvent | OrderRefusal {
    const {
      currency_pair: wireSymbol,
      side,
      type = 'limit',
      time_in_force: force = 'gtc',
      price,
      amount,
      text,
    } = fields
    const pair = this.#findPair(wireSymbol)
    if (pair === null) return unknownPair(wireSymbol)
    if (side !== 'buy' && side !== 'sell') return invalid('side')
    if (type !== 'limit' && type !== 'market') return invalid('type')
    const timeInForce = timesInForce[force]
    if (timeInForce === undefined) return invalid('time_in_force')
    if (text !== undefined && !clientIdPattern.test(text)) return invalid('text')
    const request = { pair, side, type, timeInForce, clientId: text ?? unnamed } as const
    return this.#submit(request, price ?? '', amount ?? '')
  }

  /** By the exchange's id or the client's. */
  cancel(id: string | undefined): OrderEvent | OrderRefusal {
    const order = this.#orders.find(id)
    if (order === null || !this.#account.openOrders().some((open) => open.id === order.id)) return orderNotFound
    this.#account.cancel(order.id)
    return this.find(order.id)
  }

  /** Cancels every open order of a market, or those of one side. */
  cancelAll({ currency_pair: wireSymbol, side }: TextFields): readonly OrderEvent[] | OrderRefusal {
    const pair = this.#findPair(wireSymbol)
    if (pair === null) return unknownPair(wireSymbol)
    const open = this.#account.openOrders().filter((order) => order.pair === pair)
    const chosen = open.filter((order) => side === undefined || side === order.side)
    return chosen.map(({ id }) => this.cancel(id)).filter((order) => !isRefused(order))
  }

  find(id: string | undefined): OrderEvent | OrderRefusal {
    return this.#orders.find(id) ?? orderNotFound
  }

  /**
   * Orders, newest first; those that ended of every market where none is named, and of a span of time by their end. Source: Gate.io REST v4 docs,
   * `GET /spot/orders`.
   */
  list(fields: TextFields): readonly OrderEvent[] | OrderRefusal {
    const { status, currency_pair: wireSymbol, from, to } = fields
    if (status !== 'open' && status !== 'finished') return invalid('status')
    if (wireSymbol === undefined && status === 'open') return unknownPair(wireSymbol)
    const orders = this.#orders.orders(status)
    if (status === 'open') return this.#page(orders, fields)
    const [first, last] = [Number(from ?? 0) * 1000, to === undefined ? Number.POSITIVE_INFINITY : Number(to) * 1000]
    const ended = orders.filter(({ updatedAt }) => updatedAt >= first && updatedAt <= last)
    return this.#page(ended, fields)
  }

  /** Open orders, newest first, as many of each market as a page holds. Source: Gate.io REST v4 docs, `GET /spot/open_orders`. */
  open(fields: TextFields): readonly OrderEvent[] | OrderRefusal {
    const orders = this.#orders.orders('open')
    const pages = [...new Set(orders.map(({ pair }) => pair))].map((pair) => {
      return this.#page(
        orders.filter((order) => order.pair === pair),
        fields,
        mostOpenRows,
      )
    })
    return pages.find(isRefused) ?? pages.flatMap((page) => (isRefused(page) ? [] : page))
  }

  /** Fills, newest first, of every market where none is named. */
  fills(fields: TextFields): readonly FillEvent[] | OrderRefusal {
    return this.#page(this.#orders.fills, fields)
  }

  #page<Row extends { readonly pair: Instrument }>(
    rows: readonly Row[],
    { currency_pair: wireSymbol, limit = String(defaultRows), page = '1' }: TextFields,
    mostOfPage = mostRows,
  ): readonly Row[] | OrderRefusal {
    const [size, skipped] = [Number(limit), Number(limit) * (Number(page) - 1)]
    if (!(size >= 1 && size <= mostOfPage)) return invalid('limit')
    if (!(skipped >= 0)) return invalid('page')
    if (wireSymbol === undefined) return rows.slice(skipped, skipped + size)
    const pair = this.#findPair(wireSymbol)
    if (pair === null) return unknownPair(wireSymbol)
    return rows.filter((row) => row.pair === pair).slice(skipped, skipped + size)
  }

  #submit(
    request: {
      readonly pair: Instrument
      readonly side: Side
      readonly type: 'limit' | 'market'
      readonly timeInForce: TimeInForce
      readonly clientId: string
    },
    price: string,
    amount: string,
  ): OrderEvent | OrderRefusal {
    const { pair, side, type } = request
    // The amount of a market buy is what it is to spend. Source: Gate.io spot WebSocket v4 docs, "Order Place".
    const isBudget = type === 'market' && side === 'buy'
    const sizes = isBudget ? { quoteSize: amount } : { size: amount }
    const cost = type === 'limit' && side === 'buy' ? Number(price) * Number(amount) : Number(amount)
    if (cost > this.#free(side === 'buy' ? pair.quote : pair.base))
      return refused(400, 'BALANCE_NOT_ENOUGH', 'Not enough balance')
    try {
      const [placed] = this.#account.place({ ...request, ...sizes, ...(type === 'limit' ? { price } : {}) })
      return this.find(placed?.kind === 'order' ? placed.id : '')
    } catch (thrown) {
      if (thrown instanceof StreamError) return refused(400, 'INVALID_PARAM_VALUE', 'Invalid price or amount')
      throw thrown
    }
  }

  #free(asset: string): number {
    return Number(this.#account.balances().find((balance) => balance.asset === asset)?.free ?? 0)
  }
}

export function isRefused(answer: object): answer is OrderRefusal {
  return 'label' in answer
}

const orderNotFound: OrderRefusal = { status: 404, label: 'ORDER_NOT_FOUND', message: 'Order not found' }

function refused(status: number, label: string, message: string): OrderRefusal {
  return { status, label, message }
}

function unknownPair(wireSymbol: string | undefined): OrderRefusal {
  return refused(400, 'INVALID_CURRENCY_PAIR', `Invalid currency pair ${wireSymbol ?? ''}`)
}

function invalid(field: string): OrderRefusal {
  return refused(400, 'INVALID_PARAM_VALUE', `Invalid request parameter \`${field}\` value`)
}
