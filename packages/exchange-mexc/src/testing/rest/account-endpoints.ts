import type { Clock, Instrument, OrderStatus } from '@tapewire/core'
import type { AccountSimulator, FillEvent, OrderEvent } from '@tapewire/testkit'
import type { IssuedListenKeys } from '../account/listen-keys.js'
import type { VenueFaults } from '../control.js'
import { multiplied } from '../decimals.js'
import { wireNameOf } from '../feeds/feed.js'
import { refusal } from '../replies.js'
import { commission } from './market-endpoints.js'
import { RestRefusal, type RestRequest } from './rest-request.js'

/** Fills and orders that are kept, of each; the oldest go first. */
const keptRows = 1_000

/** Documented as the usual and the highest number of rows. */
const maxFills = 100

/** Keys an account may have. Source: MEXC spot v3 API docs, "Listen Key". */
const maxListenKeys = 200

/** Source: MEXC spot v3 API docs, "All Orders". */
const [usualOrders, maxOrders] = [500, 1_000]
const ordersKeptMs = 7 * 86_400_000
const usualOrdersMs = 86_400_000

/** Source: MEXC spot v3 API docs, "Public API Definitions", order status. */
const statuses: Readonly<Partial<Record<OrderStatus, string>>> = {
  open: 'NEW',
  filled: 'FILLED',
  partially_filled: 'PARTIALLY_FILLED',
  cancelled: 'CANCELED',
  partially_cancelled: 'PARTIALLY_CANCELED',
}

const orderTypes = { gtc: 'LIMIT', post_only: 'LIMIT_MAKER', ioc: 'IMMEDIATE_OR_CANCEL', fok: 'FILL_OR_KILL' } as const

export interface AccountEndpointsContext {
  readonly account: AccountSimulator
  readonly clock: Clock
  readonly pairs: ReadonlyMap<string, Instrument>
  readonly listenKeys: IssuedListenKeys
  readonly faults: VenueFaults
  /** A key was given back: its connections end. */
  readonly onRevoked: (listenKey: string) => void
}

/** What the owner of the account may ask over REST, once the signature is right. Source: MEXC spot v3 API docs, "Spot Account/Trade", "Wallet Endpoints" and "Listen Key". */
export class AccountEndpoints {
  readonly #options: AccountEndpointsContext
  /** Oldest first. */
  readonly #fills: FillEvent[] = []
  /** The latest state of each, oldest first. */
  readonly #orders = new Map<string, OrderEvent>()
  readonly #stopListening: () => void

  constructor(options: AccountEndpointsContext) {
    this.#options = options
    this.#stopListening = options.account.listen((event) => {
      if (event.kind === 'fill') {
        this.#fills.push(event)
        if (this.#fills.length > keptRows) this.#fills.shift()
      } else if (event.kind === 'order') this.#keepOrder(event)
    })
  }

  close(): void {
    this.#stopListening()
  }

  account(): object {
    const balances = this.#options.account.balances().map(({ asset, free, locked }) => ({ asset, free, locked }))
    return {
      makerCommission: null,
      takerCommission: null,
      buyerCommission: null,
      sellerCommission: null,
      canTrade: true,
      canWithdraw: true,
      canDeposit: true,
      updateTime: null,
      accountType: 'SPOT',
      balances,
      permissions: ['SPOT'],
    }
  }

  openOrders(request: RestRequest): object {
    const pair = request.pair()
    return this.#options.account
      .openOrders()
      .filter((order) => order.pair === pair)
      .map(describeOrder)
  }

  /** Newest first, by when they were placed. */
  allOrders(request: RestRequest): object {
    const pair = request.pair()
    const now = this.#options.clock.now()
    const from = request.integer('startTime') ?? now - usualOrdersMs
    const to = request.integer('endTime') ?? Number.POSITIVE_INFINITY
    return [...this.#orders.values()]
      .filter((order) => order.pair === pair && order.createdAt >= Math.max(from, now - ordersKeptMs))
      .filter(({ createdAt }) => createdAt <= to)
      .toReversed()
      .slice(0, request.limit(usualOrders, maxOrders))
      .map(describeOrder)
  }

  /** Newest first. */
  myTrades(request: RestRequest): object {
    const pair = request.pair()
    const orderId = request.text('orderId')
    const [from, to] = [request.integer('startTime') ?? 0, request.integer('endTime') ?? Number.POSITIVE_INFINITY]
    return this.#fills
      .filter((fill) => fill.pair === pair && (orderId ?? fill.orderId) === fill.orderId)
      .filter(({ time }) => time >= from && time <= to)
      .toReversed()
      .slice(0, request.limit(maxFills, maxFills))
      .map(describeFill)
  }

  tradeFee(request: RestRequest): object {
    request.pair()
    const data = { makerCommission: Number(commission.maker), takerCommission: Number(commission.taker) }
    return { data, code: 0, msg: 'success', timestamp: Math.floor(this.#options.clock.now()) }
  }

  selfSymbols(): object {
    return { code: 200, data: [...this.#options.pairs.keys()], msg: null }
  }

  /** Every asset, on one network. */
  currencies(): object {
    const assets = new Set([...this.#options.pairs.values()].flatMap(({ base, quote }) => [base, quote]))
    return [...assets].map((coin) => ({
      coin,
      Name: coin,
      networkList: [
        {
          coin,
          depositDesc: null,
          depositEnable: true,
          minConfirm: 1,
          Name: coin,
          network: coin,
          withdrawEnable: true,
          withdrawFee: '0.000100000000000000',
          withdrawIntegerMultiple: null,
          withdrawMax: '10000.000000000000000000',
          withdrawMin: '0.001000000000000000',
          sameAddress: false,
          contract: '',
          withdrawTips: null,
          depositTips: null,
          netWork: coin,
        },
      ],
    }))
  }

  createListenKey(): object {
    return { listenKey: this.#options.listenKeys.issue() }
  }

  listListenKeys(): object {
    const { listenKeys, faults } = this.#options
    if (faults.listSpoiling === 'garbage') return { code: 200, msg: 'success' }
    const live = faults.listSpoiling === 'empty' ? [] : listenKeys.live
    return { listenKey: live, total: maxListenKeys, available: maxListenKeys - live.length }
  }

  renewListenKey(request: RestRequest): object {
    const listenKey = request.text('listenKey') ?? ''
    const { listenKeys, faults } = this.#options
    if (!listenKeys.renew(listenKey) && !faults.renewsEnded) throw new RestRefusal(refusal(730708))
    return { listenKey }
  }

  revokeListenKey(request: RestRequest): object {
    const listenKey = request.text('listenKey') ?? ''
    if (!this.#options.listenKeys.revoke(listenKey)) throw new RestRefusal(refusal(730708))
    this.#options.onRevoked(listenKey)
    return { listenKey }
  }

  #keepOrder(order: OrderEvent): void {
    this.#orders.set(order.id, order)
    const [oldest] = this.#orders.keys()
    if (this.#orders.size > keptRows && oldest !== undefined) this.#orders.delete(oldest)
  }
}

function describeOrder(order: OrderEvent): object {
  return {
    symbol: wireNameOf(order.pair),
    orderId: order.id,
    orderListId: -1,
    clientOrderId: order.clientId,
    price: order.price,
    origQty: order.size,
    executedQty: order.filledSize,
    cummulativeQuoteQty: order.filledQuote,
    status: statuses[order.status],
    timeInForce: null,
    type: typeOf(order),
    side: order.side.toUpperCase(),
    stopPrice: order.triggerPrice,
    icebergQty: null,
    time: order.createdAt,
    updateTime: order.status === 'open' ? null : order.updatedAt,
    isWorking: true,
    origQuoteOrderQty: order.quoteSize ?? multiplied(order.price ?? '0', order.size ?? '0'),
  }
}

function typeOf({ type, timeInForce }: OrderEvent): string {
  if (type === 'stop') return 'STOP_MARKET_ORDER'
  return type === 'market' ? 'MARKET' : orderTypes[timeInForce]
}

function describeFill(fill: FillEvent): object {
  return {
    symbol: wireNameOf(fill.pair),
    id: fill.id,
    orderId: fill.orderId,
    orderListId: -1,
    price: fill.price,
    qty: fill.size,
    quoteQty: fill.quoteSize,
    commission: fill.fee,
    commissionAsset: fill.feeAsset,
    time: fill.time,
    isBuyer: fill.side === 'buy',
    isMaker: fill.liquidity === 'maker',
    isBestMatch: true,
    isSelfTrade: false,
    clientOrderId: fill.clientId,
  }
}
