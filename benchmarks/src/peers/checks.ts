import type { Instrument } from '@tapewire/core'
import type { AccountEvent, AccountSimulator, MarketSimulator, OrderEvent, TextLevel } from '@tapewire/testkit'
import type { Report } from './report.js'
import { SequenceCheck } from './sequence-check.js'
import { StateCheck } from './state-check.js'

/** A number in whatever notation a client gives it. */
export type Amount = string | number

/** A trade, or a fill of an own order, as far as every client tells it. */
export interface ToldTrade {
  readonly side: string
  readonly price: Amount
  readonly size: Amount
}

/** How far an own order has come. */
export interface ToldOrder {
  readonly id: string
  readonly side: string
  readonly price: Amount
  readonly size: Amount
  readonly filled: Amount
}

export interface ToldBalance {
  readonly asset: string
  readonly free: Amount
  readonly locked: Amount
}

export type ToldLevels = readonly (readonly [Amount, Amount])[]

/** What happens on a simulated exchange, and what a client tells of it. Channels have our names. */
export class Checks {
  readonly #report: Report
  readonly #market: MarketSimulator
  readonly #trades = new Map<Instrument, SequenceCheck>()
  readonly #fills = new SequenceCheck()
  readonly #orders = new StateCheck()
  readonly #balances = new StateCheck()

  constructor(report: Report, market: MarketSimulator, account: AccountSimulator) {
    this.#report = report
    this.#market = market
    for (const pair of market.pairs) this.#trades.set(pair, new SequenceCheck())
    market.listen((event) => {
      if (event.kind === 'trade') this.#trades.get(event.pair)?.happened(tradeText(event))
    })
    account.listen((event) => this.#happened(event))
  }

  trade(pair: Instrument, trade: ToldTrade): void {
    this.#trades.get(pair)?.received(tradeText(trade))
  }

  fill(fill: ToldTrade): void {
    this.#fills.received(tradeText(fill))
  }

  order(order: ToldOrder): void {
    this.#orders.received(order.id, orderText(order))
  }

  balance(balance: ToldBalance): void {
    this.#balances.received(balance.asset, balanceText(balance))
  }

  /** A book that has caught up: the best `depth` levels a side, all of them. */
  book(channel: string, pair: Instrument, bids: ToldLevels, asks: ToldLevels, depth: number): void {
    const truth = this.#market.book(pair, depth)
    this.#side(channel, `${pair} bids`, bids, truth.bids)
    this.#side(channel, `${pair} asks`, asks, truth.asks)
  }

  #side(channel: string, what: string, told: ToldLevels, truth: readonly TextLevel[]): void {
    const isSame = ([price, size]: readonly [Amount, Amount], index: number): boolean =>
      Number(price) === Number(truth[index]?.[0]) && Number(size) === Number(truth[index]?.[1])
    if (told.length === truth.length && told.every(isSame)) return
    const first = told.findIndex((level, index) => !isSame(level, index))
    const at = first === -1 ? told.length : first
    const note = `level ${at} is ${truth[at]?.join(' × ')}, told ${told[at]?.join(' × ')}`
    this.#report.mismatch(channel, `${what}: ${truth.length} levels, told ${told.length}; ${note}`)
  }

  /** What came in order, and the last states, once the exchange stands still. */
  conclude(): void {
    for (const [pair, check] of this.#trades) this.#count('trades', `${pair}`, check)
    this.#count('executions', 'fills', this.#fills)
    for (const difference of this.#orders.differences()) this.#report.mismatch('orders', difference)
    for (const difference of this.#balances.differences()) this.#report.mismatch('balances', difference)
  }

  #count(channel: string, what: string, { mismatches }: SequenceCheck): void {
    if (mismatches > 0) this.#report.mismatch(channel, `${what}: ${mismatches} missing or wrong`, mismatches)
  }

  #happened(event: AccountEvent): void {
    if (event.kind === 'fill') this.#fills.happened(tradeText(event))
    else if (event.kind === 'balance') this.#balances.happened(event.asset, balanceText(event))
    else this.#orderHappened(event)
  }

  /** Limit orders only: a market order has no price, and its size may be of the quote asset. */
  #orderHappened({ id, side, type, price, size, filledSize }: OrderEvent): void {
    if (type === 'limit' && price !== null && size !== null)
      this.#orders.happened(id, orderText({ id, side, price, size, filled: filledSize }))
  }
}

function tradeText({ side, price, size }: ToldTrade): string {
  return `${side} ${Number(size)} at ${Number(price)}`
}

function orderText({ side, price, size, filled }: ToldOrder): string {
  return `${side} ${Number(filled)} of ${Number(size)} at ${Number(price)}`
}

function balanceText({ free, locked }: ToldBalance): string {
  return `${Number(free)} free, ${Number(locked)} locked`
}
