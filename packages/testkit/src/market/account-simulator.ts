import type { Clock, Instrument } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { createRandom, randomInteger, randomItem } from '../random.js'
import type { AccountBalance, AccountEvent, FillEvent, OrderEvent } from './account-event.js'
import { AccountLedger } from './account-ledger.js'
import { amountText } from './amount.js'
import type { MarketSimulator } from './market-simulator.js'
import { OwnOrder } from './own-order.js'
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

/** Open orders at one time. */
const mostOpenOrders = 12
/** Fees in units of 10^-4 of what a fill brings in. */
const feeRate = { maker: 5n, taker: 10n } as const
const feeUnit = 10_000n

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
    for (const event of events) {
      for (const listener of this.#listeners) listener(event)
    }
    return events
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

  /** A new order, some of them marketable and partly filled at once; null where the money does not suffice. */
  #place(): AccountEvent[] | null {
    const pair = randomItem(this.#random, this.market.pairs)
    const preferred = this.#random() < 0.5 ? 'buy' : 'sell'
    const order = this.#newOrder(pair, preferred) ?? this.#newOrder(pair, preferred === 'buy' ? 'sell' : 'buy')
    if (order === null) return null
    const time = this.#time()
    const held = order.held(order.terms.lots)
    this.#open.set(order.terms.id, order)
    const events: AccountEvent[] = [order.image(time), this.#ledger.book(order.lockedAsset, -held, held, 'order', time)]
    const touch = this.#touchTicks(pair, order.terms.side === 'buy' ? 'asks' : 'bids')
    const isMarketable = order.terms.side === 'buy' ? order.terms.ticks >= touch : order.terms.ticks <= touch
    if (isMarketable) events.push(...this.#fill(order, touch, 'taker'))
    return events
  }

  #newOrder(pair: Instrument, side: 'buy' | 'sell'): OwnOrder | null {
    const bid = this.#touchTicks(pair, 'bids')
    const ask = this.#touchTicks(pair, 'asks')
    const isTaker = this.#random() < 0.25
    const away = randomInteger(this.#random, 0, isTaker ? 5 : 50)
    const buyTicks = isTaker ? ask + away : Math.max(1, bid - away)
    const sellTicks = isTaker ? Math.max(1, bid - away) : ask + away
    const terms = {
      pair,
      side,
      timeInForce: !isTaker && this.#random() < 0.3 ? 'post_only' : 'gtc',
      ticks: side === 'buy' ? buyTicks : sellTicks,
    } as const
    const precision = this.market.precision(pair)
    const oneLot = new OwnOrder({ ...terms, id: '', clientId: '', lots: 1 }, precision, 0)
    const affordable = this.#ledger.free(oneLot.lockedAsset) / oneLot.held(1)
    if (affordable === 0n) return null
    const most = affordable > 2_000_000n ? 2_000_000 : Number(affordable)
    const lots = randomInteger(this.#random, 1, Math.ceil(most / 10))
    const id = String(++this.#lastOrderId)
    return new OwnOrder({ ...terms, id, clientId: `t-${id.slice(-6)}`, lots }, precision, this.#time())
  }

  /** Something happens to an open order. */
  #advance(preferFill: boolean): AccountEvent[] {
    if (this.#open.size === 0) return []
    const order = randomItem(this.#random, [...this.#open.values()])
    return preferFill ? this.#fill(order, order.terms.ticks, 'maker') : this.#cancel(order)
  }

  #fill(order: OwnOrder, ticks: number, liquidity: 'maker' | 'taker'): AccountEvent[] {
    const remaining = order.remainingLots
    const lots = this.#random() < 0.4 ? remaining : randomInteger(this.#random, 1, remaining)
    order.fill(ticks, lots)
    if (!order.isOpen) this.#open.delete(order.terms.id)
    const { id: orderId, clientId, pair, side } = order.terms
    const time = this.#time()
    const size = order.size(lots)
    const quote = order.quote(ticks, lots)
    const bought = side === 'buy' ? { asset: pair.base, amount: size } : { asset: pair.quote, amount: quote }
    const paid = side === 'buy' ? quote : size
    const held = order.held(lots)
    const fee = (bought.amount * feeRate[liquidity]) / feeUnit
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
      // A better price than the order's own gives back what it held too much.
      this.#ledger.book(order.lockedAsset, held - paid, -held, 'fill', time),
      this.#ledger.book(bought.asset, bought.amount, 0n, 'fill', time),
      this.#ledger.book(bought.asset, -fee, 0n, 'fee', time),
    ]
  }

  #cancel(order: OwnOrder): AccountEvent[] {
    order.cancel()
    this.#open.delete(order.terms.id)
    const time = this.#time()
    const held = order.held(order.remainingLots)
    return [order.image(time), this.#ledger.book(order.lockedAsset, held, -held, 'cancel', time)]
  }

  #touchTicks(pair: Instrument, side: 'bids' | 'asks'): number {
    const price = Number(this.market.book(pair, 1)[side][0]?.[0])
    return Math.round(price * 10 ** this.market.precision(pair).priceDigits)
  }

  #time(): number {
    return Math.floor(this.#clock.now())
  }
}

function defaultBalances(market: MarketSimulator): Record<string, string> {
  const balances: Record<string, string> = {}
  for (const { base } of market.pairs) balances[base] = '10000'
  for (const { quote } of market.pairs) balances[quote] = '1000000'
  return balances
}
