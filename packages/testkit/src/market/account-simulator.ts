import { type Clock, type Instrument, type OrderType, type Side, StreamError, type TimeInForce } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { createRandom, randomInteger, randomItem } from '../random.js'
import type { AccountBalance, AccountEvent, FillEvent, OrderEvent } from './account-event.js'
import { AccountLedger } from './account-ledger.js'
import { amountOf, amountText, parseAmount } from './amount.js'
import type { MarketSimulator } from './market-simulator.js'
import { type OrderTerms, OwnOrder } from './own-order.js'
import { Ticker } from './ticker.js'

/** What a simulated account is made of. */
export interface AccountOptions {
  readonly market: MarketSimulator
  /** Default 1. */
  readonly seed?: number
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Free amounts by asset, as decimal text. Default: 1,000,000 of every quote asset and 10,000 of every base asset of the market. */
  readonly balances?: Readonly<Record<string, string>>
}

/** An order to place by hand. Prices and sizes are plain decimal text, in whole ticks and lots of the market. */
export interface OrderRequest {
  readonly pair: Instrument
  readonly side: Side
  /** Default `limit`. */
  readonly type?: OrderType
  /** Default `gtc`; of no account for market orders, which are `ioc`. */
  readonly timeInForce?: TimeInForce
  /** Of all but market orders, whose protective price is 5 % from the best price. */
  readonly price?: string
  /** Of stop orders. */
  readonly triggerPrice?: string
  /** Of all but market buys, which name `quoteSize`: what to spend. */
  readonly size?: string
  readonly quoteSize?: string
  /** Default: one made of the order's own id. */
  readonly clientId?: string
}

/** Open orders at one time. */
const mostOpenOrders = 12
/** Fees in units of 10^-4 of what a fill brings in. */
const feeRate = { maker: 5n, taker: 10n } as const
const feeUnit = 10_000n
/** How far from the best price a market order is filled at most, as a fraction. */
const protection = 0.05

/**
 * A seeded account that trades on a simulated market: places limit orders, fills them in parts or whole, cancels them before or after a part.
 * What it tells is exact: free and locked amounts always equal the starting balances plus what the fills and fees add up to, and what the open orders hold.
 * Its orders do not appear in the market's book.
 */
export class AccountSimulator {
  readonly market: MarketSimulator
  readonly #random: () => number
  readonly #clock: Clock
  readonly #ledger: AccountLedger
  readonly #open = new Map<string, OwnOrder>()
  readonly #ticker: Ticker
  #listeners: readonly ((event: AccountEvent) => void)[] = []
  #lastOrderId = 700_100_200_300
  #lastFillId = 5_000_000_000

  /** Throws `ERR_INVALID_CONFIG` where a balance is not plain decimal text. */
  constructor({ market, seed = 1, clock = systemClock, balances = defaultBalances(market) }: AccountOptions) {
    this.market = market
    this.#random = createRandom(seed)
    this.#clock = clock
    this.#ledger = new AccountLedger(balances)
    this.#ticker = new Ticker(clock, () => this.step())
  }

  /** One thing happens to the account. Listeners hear it first. Empty only where there is neither an open order nor money for a new one. */
  step(): readonly AccountEvent[] {
    const choice = this.#random()
    const place = this.#open.size === 0 || (this.#open.size < mostOpenOrders && choice < 0.4)
    const events = (place ? this.#place() : null) ?? this.#advance(choice < 0.8)
    return this.#tell(events)
  }

  /**
   * Places an order and does at once what it brings about. One that finds a match at the best price is filled there, whole, whatever its size: the market is not
   * moved by it. Throws `ERR_INVALID_CONFIG` where the money does not suffice, or an amount is missing or no whole number of ticks or lots.
   */
  place(request: OrderRequest): readonly AccountEvent[] {
    return this.#tell(this.#submit(this.#newOrder(this.#termsOf(request), request.clientId)))
  }

  /** Fills an order that waits in the book: whole, or of this size. Throws `ERR_INVALID_CONFIG` where no such order is open, or not so much of it. */
  fill(orderId: string, size?: string): readonly AccountEvent[] {
    const order = this.#openOrder(orderId)
    const { ticks, pair } = order.terms
    const rest = order.remainingLots(ticks)
    const lots = size === undefined ? rest : this.#lots(pair, size)
    if (lots > rest) throw unusable(`order ${orderId} has not so much left`)
    return this.#tell(this.#fill(order, ticks, lots, 'maker'))
  }

  /** Cancels an order. Throws `ERR_INVALID_CONFIG` where no such order is open. */
  cancel(orderId: string): readonly AccountEvent[] {
    return this.#tell(this.#end(this.#openOrder(orderId), 'owner'))
  }

  /** The price has come to where a stop order waits: a limit order of another id takes its place. Throws `ERR_INVALID_CONFIG` where no such order waits. */
  trigger(orderId: string): readonly AccountEvent[] {
    const { terms } = this.#openOrder(orderId)
    if (terms.type !== 'stop') throw unusable(`order ${orderId} waits for no trigger price`)
    this.#open.delete(orderId)
    return this.#tell(this.#submit(this.#newOrder({ ...terms, type: 'limit', triggerTicks: null })))
  }

  /** Throws `ERR_INVALID_CONFIG` where the amount is not plain decimal text. */
  deposit(asset: string, amount: string): readonly AccountEvent[] {
    return this.#tell([this.#ledger.book(asset, parseAmount(amount), 0n, 'deposit', this.#time())])
  }

  /** Hears every event, in order; returns what ends it. */
  listen(listener: (event: AccountEvent) => void): () => void {
    const entry = (event: AccountEvent): void => listener(event)
    this.#listeners = [...this.#listeners, entry]
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry)
    }
  }

  balances(): readonly AccountBalance[] {
    return this.#ledger.balances()
  }

  /** Orders that are open or partly filled, oldest first. */
  openOrders(): readonly OrderEvent[] {
    const time = this.#time()
    return [...this.#open.values()].map((order) => order.image(time))
  }

  /** Steps every `intervalMs` of the clock, until `stop()`. */
  start(intervalMs: number): void {
    this.#ticker.start(intervalMs)
  }

  stop(): void {
    this.#ticker.stop()
  }

  #tell(events: readonly AccountEvent[]): readonly AccountEvent[] {
    for (const event of events) {
      for (const listener of this.#listeners) listener(event)
    }
    return events
  }

  /** A new order, some of them marketable and partly filled at once; null where the money does not suffice. */
  #place(): AccountEvent[] | null {
    const pair = randomItem(this.#random, this.market.pairs)
    const preferred = this.#random() < 0.5 ? 'buy' : 'sell'
    const terms = this.#anyTerms(pair, preferred) ?? this.#anyTerms(pair, preferred === 'buy' ? 'sell' : 'buy')
    if (terms === null) return null
    const order = this.#newOrder(terms)
    const events = this.#accept(order)
    const touch = this.#touchTicks(pair, terms.side === 'buy' ? 'asks' : 'bids')
    if (order.takes(touch)) events.push(...this.#fill(order, touch, this.#someLots(order), 'taker'))
    return events
  }

  #anyTerms(pair: Instrument, side: Side): Omit<OrderTerms, 'id' | 'clientId'> | null {
    const bid = this.#touchTicks(pair, 'bids')
    const ask = this.#touchTicks(pair, 'asks')
    const isTaker = this.#random() < 0.25
    const away = randomInteger(this.#random, 0, isTaker ? 5 : 50)
    const buyTicks = isTaker ? ask + away : Math.max(1, bid - away)
    const sellTicks = isTaker ? Math.max(1, bid - away) : ask + away
    const terms = {
      pair,
      side,
      type: 'limit',
      timeInForce: !isTaker && this.#random() < 0.3 ? 'post_only' : 'gtc',
      ticks: side === 'buy' ? buyTicks : sellTicks,
      triggerTicks: null,
      budget: null,
    } as const
    const oneLot = new OwnOrder({ ...terms, id: '', clientId: '', lots: 1 }, this.market.precision(pair), 0)
    const affordable = this.#ledger.free(oneLot.lockedAsset) / oneLot.held
    if (affordable === 0n) return null
    const most = affordable > 2_000_000n ? 2_000_000 : Number(affordable)
    return { ...terms, lots: randomInteger(this.#random, 1, Math.ceil(most / 10)) }
  }

  #termsOf({
    pair,
    side,
    type = 'limit',
    timeInForce = 'gtc',
    ...request
  }: OrderRequest): Omit<OrderTerms, 'id' | 'clientId'> {
    const isMarket = type === 'market'
    const isBudget = isMarket && side === 'buy'
    return {
      pair,
      side,
      type,
      timeInForce: isMarket ? 'ioc' : timeInForce,
      ticks: isMarket ? this.#worstTicks(pair, side) : this.#ticks(pair, request.price),
      triggerTicks: type === 'stop' ? this.#ticks(pair, request.triggerPrice) : null,
      lots: isBudget ? null : this.#lots(pair, request.size),
      budget: isBudget ? parseAmount(request.quoteSize ?? '') : null,
    }
  }

  #newOrder(terms: Omit<OrderTerms, 'id' | 'clientId'>, givenClientId?: string): OwnOrder {
    const id = String(++this.#lastOrderId)
    const clientId = givenClientId ?? `t-${id.slice(-6)}`
    const order = new OwnOrder({ ...terms, id, clientId }, this.market.precision(terms.pair), this.#time())
    if (order.held > this.#ledger.free(order.lockedAsset)) throw unusable(`there is too little ${order.lockedAsset}`)
    return order
  }

  /** The order exists from here on, and holds back what it may cost. */
  #accept(order: OwnOrder): AccountEvent[] {
    const time = this.#time()
    const { held, lockedAsset, terms } = order
    this.#open.set(terms.id, order)
    const image = order.image(time)
    return held === 0n ? [image] : [image, this.#ledger.book(lockedAsset, -held, held, 'order', time)]
  }

  /** What becomes of a new order at once. */
  #submit(order: OwnOrder): AccountEvent[] {
    const { pair, side, type, timeInForce } = order.terms
    const events = this.#accept(order)
    if (type === 'stop') return events
    const touch = this.#touchTicks(pair, side === 'buy' ? 'asks' : 'bids')
    const lots = order.takes(touch) ? order.remainingLots(touch) : 0
    if (lots > 0 && timeInForce !== 'post_only') events.push(...this.#fill(order, touch, lots, 'taker'))
    const endsNow = timeInForce === 'post_only' ? lots > 0 : timeInForce !== 'gtc'
    if (order.isOpen && endsNow) events.push(...this.#end(order, 'time_in_force'))
    return events
  }

  /** Something happens to an open order. */
  #advance(preferFill: boolean): AccountEvent[] {
    const orders = [...this.#open.values()].filter(({ terms }) => terms.type !== 'stop')
    if (orders.length === 0) return []
    const order = randomItem(this.#random, orders)
    return preferFill ? this.#fill(order, order.terms.ticks, this.#someLots(order), 'maker') : this.#end(order, 'owner')
  }

  #someLots(order: OwnOrder): number {
    const rest = order.remainingLots(order.terms.ticks)
    return this.#random() < 0.4 ? rest : randomInteger(this.#random, 1, rest)
  }

  #fill(order: OwnOrder, ticks: number, lots: number, liquidity: 'maker' | 'taker'): AccountEvent[] {
    const heldBefore = order.held
    const { id: orderId, clientId, pair, side } = order.terms
    const size = order.size(lots)
    const quote = order.quote(ticks, lots)
    const bought = side === 'buy' ? { asset: pair.base, amount: size } : { asset: pair.quote, amount: quote }
    const fee = (bought.amount * feeRate[liquidity]) / feeUnit
    order.fill(ticks, lots, fee)
    if (!order.isOpen) this.#open.delete(order.terms.id)
    const time = this.#time()
    const paid = side === 'buy' ? quote : size
    const released = heldBefore - order.held
    const fill: FillEvent = {
      kind: 'fill',
      id: String(++this.#lastFillId),
      orderId,
      clientId,
      pair,
      side,
      price: amountText(order.price(ticks)),
      size: amountText(size),
      quoteSize: amountText(quote),
      fee: amountText(fee),
      feeAsset: bought.asset,
      liquidity,
      time,
    }
    return [
      fill,
      order.image(time),
      // A better price than the order's own, or what no longer buys a lot, gives back what it held too much.
      this.#ledger.book(order.lockedAsset, released - paid, -released, 'fill', time),
      this.#ledger.book(bought.asset, bought.amount, 0n, 'fill', time),
      this.#ledger.book(bought.asset, -fee, 0n, 'fee', time),
    ]
  }

  #end(order: OwnOrder, endedBy: 'owner' | 'time_in_force'): AccountEvent[] {
    const { held } = order
    order.end(endedBy)
    this.#open.delete(order.terms.id)
    const time = this.#time()
    const image = order.image(time)
    return held === 0n ? [image] : [image, this.#ledger.book(order.lockedAsset, held, -held, 'cancel', time)]
  }

  #openOrder(id: string): OwnOrder {
    const order = this.#open.get(id)
    if (order === undefined) throw unusable(`no order ${id} is open`)
    return order
  }

  #ticks(pair: Instrument, price = ''): number {
    return wholeUnits(price, this.market.precision(pair).priceDigits)
  }

  #lots(pair: Instrument, size = ''): number {
    return wholeUnits(size, this.market.precision(pair).sizeDigits)
  }

  #worstTicks(pair: Instrument, side: Side): number {
    return side === 'buy'
      ? Math.ceil(this.#touchTicks(pair, 'asks') * (1 + protection))
      : Math.floor(this.#touchTicks(pair, 'bids') * (1 - protection))
  }

  #touchTicks(pair: Instrument, side: 'bids' | 'asks'): number {
    const price = Number(this.market.book(pair, 1)[side][0]?.[0])
    return Math.round(price * 10 ** this.market.precision(pair).priceDigits)
  }

  #time(): number {
    return Math.floor(this.#clock.now())
  }
}

/** Throws `ERR_INVALID_CONFIG` for an amount that is no whole number of these units, or is none. */
function wholeUnits(text: string, digits: number): number {
  const [amount, unit] = [parseAmount(text), amountOf(1, digits)]
  if (amount === 0n || amount % unit !== 0n) throw unusable(`${JSON.stringify(text)} is no multiple of 10^-${digits}`)
  return Number(amount / unit)
}

function unusable(fault: string): StreamError {
  return new StreamError('ERR_INVALID_CONFIG', `The simulated account cannot do that: ${fault}.`)
}

function defaultBalances(market: MarketSimulator): Record<string, string> {
  const balances: Record<string, string> = {}
  for (const { base } of market.pairs) balances[base] = '10000'
  for (const { quote } of market.pairs) balances[quote] = '1000000'
  return balances
}
