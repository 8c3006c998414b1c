import type { Clock, Instrument } from '@tapewire/core'
import {
  LaggingBooks,
  type MarketCandle,
  type MarketSimulator,
  type MarketTrade,
  type VenueResponse,
} from '@tapewire/testkit'
import type { VenueFaults } from '../control.js'
import { widthMsOf } from '../feeds/candles.js'
import { wireNameOf } from '../feeds/feed.js'
import { tickerRow } from '../feeds/ticker.js'
import { padded } from '../feeds/trades.js'
import { candleWidths, type FindPair } from '../requests.js'
import { failure, success } from './rest-reply.js'

/** Levels, trades and candles: what is given without `limit`, and at most. Source: Gate.io REST v4 docs. */
const limits = { book: [10, 1_000], trades: [100, 1_000], candles: [100, 1_000] } as const

/** Rows that pages may leave out before theirs. Source: Gate.io REST v4 docs, `GET /spot/trades`. */
const mostSkipped = 100_000

export interface MarketEndpointsContext {
  readonly clock: Clock
  readonly market: MarketSimulator
  readonly findPair: FindPair
  readonly faults: VenueFaults
}

/** What anybody may ask about the markets. Source: Gate.io REST v4 docs, "Spot". */
export class MarketEndpoints {
  readonly #context: MarketEndpointsContext
  /** Gate.io caches them (gateio/gatews#51). */
  readonly books: LaggingBooks

  constructor(context: MarketEndpointsContext) {
    this.#context = context
    this.books = new LaggingBooks(context.market)
  }

  /** Null for what is no endpoint of these. */
  answer(path: string, parameters: URLSearchParams): VenueResponse | null {
    const { clock } = this.#context
    switch (path) {
      case '/spot/time':
        return success({ server_time: Math.floor(clock.now()) })
      case '/spot/currencies':
        return success(this.#currencies())
      case '/spot/currency_pairs':
        return success(this.#pairs.map((pair) => this.#currencyPair(pair)))
      case '/margin/currency_pairs':
        // No market of the simulation can be traded on margin.
        return success([])
      case '/spot/tickers':
        return this.#tickers(parameters)
      case '/spot/order_book':
        return this.#ofPair(parameters, limits.book, (pair, limit) => this.#orderBook(pair, limit, parameters))
      case '/spot/trades':
        return this.#ofPair(parameters, limits.trades, (pair, limit) => this.#trades(pair, limit, parameters))
      case '/spot/candlesticks':
        return this.#ofPair(parameters, limits.candles, (pair, limit) => this.#candles(pair, limit, parameters))
      default:
        return path.startsWith('/spot/currency_pairs/')
          ? this.#named(path.slice('/spot/currency_pairs/'.length), (pair) => success(this.#currencyPair(pair)))
          : null
    }
  }

  /** The markets that are listed. */
  get #pairs(): readonly Instrument[] {
    return this.#context.market.pairs.filter((pair) => this.#context.findPair(wireNameOf(pair)) !== null)
  }

  #currencies(): object[] {
    const names = new Set(this.#pairs.flatMap(({ base, quote }) => [base, quote]))
    const chains: readonly object[] = []
    return [...names].map((currency) => ({
      currency,
      name: currency,
      delisted: false,
      withdraw_disabled: false,
      withdraw_delayed: false,
      deposit_disabled: false,
      trade_disabled: false,
      chain: '',
      chains,
    }))
  }

  #currencyPair(pair: Instrument): object {
    const { priceDigits, sizeDigits } = this.#context.market.precision(pair)
    return {
      id: wireNameOf(pair),
      base: pair.base,
      base_name: pair.base,
      quote: pair.quote,
      quote_name: pair.quote,
      fee: '0.2',
      min_quote_amount: '3',
      amount_precision: sizeDigits,
      precision: priceDigits,
      trade_status: 'tradable',
      sell_start: 0,
      buy_start: 0,
      type: 'normal',
      st_tag: false,
    }
  }

  #tickers(parameters: URLSearchParams): VenueResponse {
    const { market } = this.#context
    const wireSymbol = parameters.get('currency_pair')
    if (wireSymbol === null) return success(this.#pairs.map((pair) => tickerRow(market, pair)))
    return this.#named(wireSymbol, (pair) => success([tickerRow(market, pair)]))
  }

  #orderBook(pair: Instrument, limit: number, parameters: URLSearchParams): VenueResponse {
    const fault = this.#context.faults.snapshotFault
    const { lastId, bids, asks, time } = this.books.take(pair, fault === 'empty' ? 0 : limit)
    const hasId = parameters.get('with_id') === 'true' && fault !== 'without-id'
    const answer = success({
      ...(hasId ? { id: lastId } : {}),
      current: Math.floor(this.#context.clock.now()),
      update: time,
      asks,
      bids: fault === 'not-a-number' ? [['NaN', '1']] : bids,
    })
    return fault === 'endless' ? { ...answer, isEndless: true } : answer
  }

  /**
   * Newest first, of a span of time in seconds, or of those after a trade (before it with `reverse`); ids and times are text here. Source: Gate.io REST v4 docs,
   * `GET /spot/trades`.
   */
  #trades(pair: Instrument, limit: number, parameters: URLSearchParams): VenueResponse {
    const page = Number(parameters.get('page') ?? 1)
    if (!(page >= 1 && limit * (page - 1) <= mostSkipped)) {
      return failure(400, 'INVALID_PARAM_VALUE', `Invalid page ${page}`)
    }
    const lastId = parameters.get('last_id')
    const isOlder = parameters.get('reverse') === 'true'
    const [from, to] = spanOf(parameters)
    const asked = this.#context.market.recentTrades(pair).filter(({ id, time }) => {
      if (lastId !== null) return isOlder ? id < Number(lastId) : id > Number(lastId)
      return time >= from && time <= to
    })
    return success(
      asked
        .toReversed()
        .slice(limit * (page - 1), limit * page)
        .map(({ id, time, side, size, price }: MarketTrade) => ({
          id: String(id),
          create_time: String(Math.floor(time / 1000)),
          create_time_ms: `${time}.000000`,
          currency_pair: wireNameOf(pair),
          side,
          amount: padded(size),
          price: padded(price),
          sequence_id: String(id),
        })),
    )
  }

  /** Oldest first. */
  #candles(pair: Instrument, limit: number, parameters: URLSearchParams): VenueResponse {
    const width = parameters.get('interval') ?? '30m'
    if (!candleWidths.includes(width)) return failure(400, 'INVALID_PARAM_VALUE', `Invalid interval ${width}`)
    const { market } = this.#context
    const candles = [...market.closedCandles(pair, widthMsOf(width)), market.candle(pair, widthMsOf(width))]
    const [from, to] = spanOf(parameters)
    const asked = candles.filter(({ openTime }) => openTime >= from && openTime <= to)
    return success(asked.slice(-limit).map(candleRow))
  }

  #ofPair(
    parameters: URLSearchParams,
    [defaultLimit, maxLimit]: readonly [number, number],
    answer: (pair: Instrument, limit: number) => VenueResponse,
  ): VenueResponse {
    return this.#named(parameters.get('currency_pair') ?? '', (pair) => {
      const limit = Number(parameters.get('limit') ?? defaultLimit)
      if (!(limit >= 1 && limit <= maxLimit)) return failure(400, 'INVALID_PARAM_VALUE', `Invalid limit ${limit}`)
      return answer(pair, limit)
    })
  }

  #named(wireSymbol: string, answer: (pair: Instrument) => VenueResponse): VenueResponse {
    const pair = this.#context.findPair(wireSymbol)
    return pair === null ? failure(400, 'INVALID_CURRENCY_PAIR', `Invalid currency pair ${wireSymbol}`) : answer(pair)
  }
}

/** `from` and `to`, which are in seconds, in ms. */
function spanOf(parameters: URLSearchParams): readonly [from: number, to: number] {
  const [from, to] = [parameters.get('from'), parameters.get('to')]
  return [Number(from ?? 0) * 1000, to === null ? Number.POSITIVE_INFINITY : Number(to) * 1000]
}

function candleRow({ openTime, quoteVolume, close, high, low, open, baseVolume, closed }: MarketCandle): string[] {
  return [String(openTime / 1000), quoteVolume, close, high, low, open, baseVolume, String(closed)]
}
