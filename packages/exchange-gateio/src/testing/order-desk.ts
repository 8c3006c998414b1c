import { type Instrument, type Side, StreamError, type TimeInForce } from '@tapewire/core'
import type { AccountSimulator, OrderEvent } from '@tapewire/testkit'
import type { AccountOrders } from './account-orders.js'
import type { FindPair } from './requests.js'

/** Why an order was refused, as REST and the socket's requests both say it. Source: Gate.io REST v4 docs, "Error Codes". */
export interface OrderRefusal {
  /** HTTP status. */
  readonly status: number
  readonly label: string
  readonly message: string
}

/** What clients send of an order, unchecked. */
export type OrderFields = Readonly<Record<string, unknown>>

const timesInForce: Readonly<Record<string, TimeInForce>> = { gtc: 'gtc', ioc: 'ioc', fok: 'fok', poc: 'post_only' }
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

  place(fields: OrderFields): OrderEvent | OrderRefusal {
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
    if (pair === null) return refused(400, 'INVALID_CURRENCY_PAIR', `Invalid currency pair ${wireSymbol}`)
    if (side !== 'buy' && side !== 'sell') return invalid('side')
    if (type !== 'limit' && type !== 'market') return invalid('type')
    const timeInForce = timesInForce[String(force)]
    if (timeInForce === undefined) return invalid('time_in_force')
    if (text !== undefined && !clientIdPattern.test(String(text))) return invalid('text')
    const request = {
      pair,
      side,
      type,
      timeInForce,
      ...(text === undefined ? {} : { clientId: String(text) }),
    } as const
    return this.#submit(request, String(price ?? ''), String(amount ?? ''))
  }

  /** By the exchange's id or the client's. */
  cancel(id: unknown): OrderEvent | OrderRefusal {
    const order = this.#orders.find(id)
    if (order === null || !this.#account.openOrders().some((open) => open.id === order.id)) return orderNotFound
    this.#account.cancel(order.id)
    return this.find(order.id)
  }

  /** Cancels every open order of a market, or those of one side. */
  cancelAll(pair: Instrument, side: unknown): readonly OrderEvent[] {
    const open = this.#account.openOrders().filter((order) => order.pair === pair)
    const chosen = open.filter((order) => side === undefined || side === order.side)
    return chosen.map(({ id }) => this.cancel(id)).filter((order) => !isRefused(order))
  }

  find(id: unknown): OrderEvent | OrderRefusal {
    return this.#orders.find(id) ?? orderNotFound
  }

  /** The market of an order, or of a list of them; null where it is unknown. */
  pairOf({ currency_pair: wireSymbol }: OrderFields): Instrument | null {
    return this.#findPair(wireSymbol)
  }

  #submit(
    request: {
      readonly pair: Instrument
      readonly side: Side
      readonly type: 'limit' | 'market'
      readonly timeInForce: TimeInForce
      readonly clientId?: string
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

export function isRefused(answer: OrderEvent | OrderRefusal): answer is OrderRefusal {
  return 'label' in answer
}

const orderNotFound: OrderRefusal = { status: 404, label: 'ORDER_NOT_FOUND', message: 'Order not found' }

function refused(status: number, label: string, message: string): OrderRefusal {
  return { status, label, message }
}

function invalid(field: string): OrderRefusal {
  return refused(400, 'INVALID_PARAM_VALUE', `Invalid request parameter \`${field}\` value`)
}
