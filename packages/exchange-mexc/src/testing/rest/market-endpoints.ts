import type { Clock, Instrument } from '@tapewire/core'
import { addDecimals } from '@tapewire/core/adapter'
import { LaggingBooks, type MarketSimulator, type MarketTrade, type TextLevel } from '@tapewire/testkit'
import type { VenueFaults } from '../control.js'
import { multiplied, padded } from '../decimals.js'
import { restCandleWidth } from '../feeds/candles.js'
import { wireNameOf } from '../feeds/feed.js'
import { refusal } from '../replies.js'
import { RestRefusal, type RestRequest } from './rest-request.js'

/** Levels a side that REST has at most, whatever is asked for (AbuShl123/screener-backend-v2). */
const maxLevels = 2_000
const defaultLevels = 100
/** Documented. */
const maxAskedLevels = 5_000

const defaultTrades = 500
const maxTrades = 1_000

/** The documentation says 1,000; 500 is what comes. Source: ccxt/ccxt:ts/src/mexc.ts, fetchOHLCV. */
const maxCandles = 500

const averageMinutes = 5

/** Commission of the simulated account, as a share of what a fill brings in. */
export const commission = { maker: '0.0005', taker: '0.001' } as const

export interface MarketEndpointsContext {
  readonly market: MarketSimulator
  readonly clock: Clock
  readonly pairs: ReadonlyMap<string, Instrument>
  readonly faults: VenueFaults
}

/** What anybody may ask over REST. Source: MEXC spot v3 API docs, "Market Data Endpoints". */
export class MarketEndpoints {
  readonly #options: MarketEndpointsContext
  readonly books: LaggingBooks

  constructor(options: MarketEndpointsContext) {
    this.#options = options
    this.books = new LaggingBooks(options.market)
  }

  time(): object {
    return { serverTime: this.#now }
  }

  /** Markets that may be traded by API. */
  defaultSymbols(): object {
    const { pairs, faults } = this.#options
    const names = [...pairs].filter(([, pair]) => !faults.refusedPairs.has(pair)).map(([name]) => name)
    return { code: 200, data: names, msg: null }
  }

  exchangeInfo(request: RestRequest): object {
    const { pairs } = this.#options
    const asked = request.text('symbol') ?? request.text('symbols')
    const wanted = asked === null ? [...pairs.values()] : asked.split(',').map((name) => request.pairNamed(name))
    const symbols = wanted.map((pair) => this.#describePair(pair))
    return { timezone: 'CST', serverTime: this.#now, rateLimits: [], exchangeFilters: [], symbols }
  }

  depth(request: RestRequest): object {
    const { market, faults } = this.#options
    const fault = faults.snapshotFault
    const pair = request.pair()
    const limit = request.limit(defaultLevels, Number.POSITIVE_INFINITY)
    if (limit > maxAskedLevels) throw new RestRefusal(refusal(33333))
    const image = this.books.take(pair, fault === 'empty' ? 0 : Math.min(limit, maxLevels))
    const { priceDigits, sizeDigits } = market.precision(pair)
    const wire = (levels: readonly TextLevel[]): TextLevel[] =>
      levels.map(([price, size]) => [padded(price, priceDigits), padded(size, sizeDigits)])
    return {
      ...(fault === 'without-id' ? {} : { lastUpdateId: image.lastId }),
      bids: fault === 'not-a-number' ? [['NaN', '1']] : wire(image.bids),
      asks: wire(image.asks),
      timestamp: this.#now,
    }
  }

  /** Newest first, as `aggTrades` is for those who collect them; ids are not told. */
  trades(request: RestRequest): object {
    const trades = this.#recentTrades(request.pair()).slice(0, request.limit(defaultTrades, maxTrades))
    return trades.map(({ price, size, side, time }) => ({
      id: null,
      price,
      qty: size,
      quoteQty: multiplied(price, size),
      time,
      isBuyerMaker: side === 'sell',
      isBestMatch: true,
    }))
  }

  aggTrades(request: RestRequest): object {
    const { startTime, endTime } = period(request)
    if ((startTime === null) !== (endTime === null)) throw new RestRefusal(refusal(-1128))
    const trades = this.#recentTrades(request.pair())
      .filter(({ time }) => time >= (startTime ?? 0) && time <= (endTime ?? time))
      .slice(0, request.limit(defaultTrades, maxTrades))
    return trades.map(({ price, size, side, time }) => {
      return { a: null, f: null, l: null, p: price, q: size, T: time, m: side === 'sell', M: true }
    })
  }

  /** Oldest first. An end is not inclusive. Source: ccxt/ccxt:ts/src/mexc.ts, fetchOHLCV. */
  klines(request: RestRequest): object {
    const { market } = this.#options
    const pair = request.pair()
    const width = restCandleWidth(request.required('interval'))
    if (width === null) throw new RestRefusal(refusal(33333))
    const { startTime, endTime } = period(request)
    const limit = request.limit(maxCandles, maxCandles)
    const candles = [...market.closedCandles(pair, width), market.candle(pair, width)].filter(
      ({ openTime }) => openTime >= (startTime ?? 0) && openTime < (endTime ?? Number.POSITIVE_INFINITY),
    )
    const chosen = startTime === null ? candles.slice(-limit) : candles.slice(0, limit)
    return chosen.map(({ openTime, open, high, low, close, baseVolume, closeTime, quoteVolume }) => {
      return [openTime, open, high, low, close, baseVolume, closeTime, quoteVolume]
    })
  }

  avgPrice(request: RestRequest): object {
    const since = this.#now - averageMinutes * 60_000
    const trades = this.#recentTrades(request.pair())
    const [latest] = trades
    const recent = trades.filter(({ time }) => time >= since).map(({ price }) => Number(price))
    const average = recent.reduce((sum, price) => sum + price, 0) / recent.length
    return { mins: averageMinutes, price: recent.length === 0 ? latest?.price : String(Number(average.toFixed(8))) }
  }

  ticker24hr(request: RestRequest): object {
    return this.#eachPair(request, (pair) => this.#ticker(pair))
  }

  tickerPrice(request: RestRequest): object {
    const { market } = this.#options
    return this.#eachPair(request, (pair) => ({ symbol: wireNameOf(pair), price: market.statistics(pair).last }))
  }

  bookTicker(request: RestRequest): object {
    return this.#eachPair(request, (pair) => ({ symbol: wireNameOf(pair), ...this.#quote(pair) }))
  }

  /** One object where a symbol is given, else a list of all. */
  #eachPair(request: RestRequest, describe: (pair: Instrument) => object): object {
    const pair = request.pairOrNull()
    return pair === null ? this.#options.market.pairs.map(describe) : describe(pair)
  }

  #ticker(pair: Instrument): object {
    const { openTime, open, high, low, last, baseVolume, quoteVolume } = this.#options.market.statistics(pair)
    return {
      symbol: wireNameOf(pair),
      priceChange: addDecimals(last, `-${open}`),
      priceChangePercent: String(Number((Number(last) / Number(open) - 1).toFixed(8))),
      prevClosePrice: open,
      lastPrice: last,
      ...this.#quote(pair),
      openPrice: open,
      highPrice: high,
      lowPrice: low,
      volume: baseVolume,
      quoteVolume,
      openTime,
      closeTime: this.#now,
      count: null,
    }
  }

  #quote(pair: Instrument): object {
    const { bids, asks } = this.#options.market.book(pair, 1)
    const [bidPrice, bidQty] = bids[0] ?? []
    const [askPrice, askQty] = asks[0] ?? []
    return { bidPrice, bidQty, askPrice, askQty }
  }

  #recentTrades(pair: Instrument): readonly MarketTrade[] {
    return this.#options.market.recentTrades(pair).toReversed()
  }

  #describePair(pair: Instrument): object {
    const { market, faults } = this.#options
    const { priceDigits, sizeDigits } = market.precision(pair)
    const isListed = !faults.refusedPairs.has(pair)
    return {
      symbol: wireNameOf(pair),
      status: isListed ? '1' : '3',
      baseAsset: pair.base,
      baseAssetPrecision: sizeDigits,
      quoteAsset: pair.quote,
      quotePrecision: priceDigits,
      quoteAssetPrecision: priceDigits,
      baseCommissionPrecision: sizeDigits,
      quoteCommissionPrecision: priceDigits,
      orderTypes: ['LIMIT', 'MARKET', 'LIMIT_MAKER'],
      isSpotTradingAllowed: isListed,
      isMarginTradingAllowed: false,
      permissions: ['SPOT'],
      filters: [{ filterType: 'PERCENT_PRICE_BY_SIDE', bidMultiplierUp: '5', askMultiplierDown: '0.2' }],
      baseSizePrecision: sizeDigits === 0 ? '1' : `0.${'1'.padStart(sizeDigits, '0')}`,
      maxQuoteAmount: '4000000',
      makerCommission: commission.maker,
      takerCommission: commission.taker,
      quoteAmountPrecision: '1',
      quoteAmountPrecisionMarket: '1',
      maxQuoteAmountMarket: '1000000',
      fullName: pair.base,
      tradeSideType: 1,
      contractAddress: '',
      st: false,
    }
  }

  get #now(): number {
    return Math.floor(this.#options.clock.now())
  }
}

function period(request: RestRequest): { startTime: number | null; endTime: number | null } {
  return { startTime: request.integer('startTime'), endTime: request.integer('endTime') }
}
