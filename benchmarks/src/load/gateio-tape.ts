import { randomInteger, randomItem } from '@tapewire/testkit'
import { askPrice, bidPrice } from '../workloads/gateio-book-frames.js'
import { generate, type Random, sizeText } from '../workloads/random-text.js'

const minuteMs = 60_000
/** Levels a side of each book, how many of a side one update changes, and within how many of the best its trades are. */
const depth = 100
const changes = 3
const tradedDepth = 20

/** What a hundred pushes are: quotes above all, then updates of books and trades. */
const kinds = [
  ...generate(45, () => 'quote' as const),
  ...generate(30, () => 'book' as const),
  ...generate(22, () => 'trade' as const),
  ...generate(2, () => 'ticker' as const),
  'candle' as const,
]

interface Market {
  readonly name: string
  bookId: number
  tradeId: number
  /** Size at each level, the best first; `0` where there is none. */
  readonly bids: string[]
  readonly asks: string[]
  candle: Candle
}

interface Candle {
  readonly openTime: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

/**
 * What Gate.io spot would push of pairs that never rest, one push at a time: times are those of now and ids go on, so that a client keeps its books and misses no
 * trade, however long that lasts. Source of the shapes: Gate.io spot WebSocket v4 docs.
 */
export class GateioTape {
  readonly #random: Random
  readonly #markets: readonly Market[]
  #turn = 0

  /** Of these markets, as they are called on the wire: `BTC_USDT`. */
  constructor(markets: readonly string[], random: Random) {
    this.#random = random
    this.#markets = markets.map((name) => ({
      name,
      bookId: 1_000_000,
      tradeId: 5_000_000,
      bids: generate(depth, () => this.#size()),
      asks: generate(depth, () => this.#size()),
      candle: candleAt(0, Number(askPrice(0))),
    }))
  }

  /** The next push; `now` is epoch ms. */
  next(now: number): string {
    const market = this.#markets[this.#turn % this.#markets.length] as Market
    this.#turn += 1
    switch (randomItem(this.#random, kinds)) {
      case 'quote':
        return this.#quote(market, now)
      case 'book':
        return this.#bookUpdate(market, now)
      case 'trade':
        return this.#trade(market, now)
      case 'ticker':
        return this.#ticker(market, now)
      case 'candle':
        return this.#candle(market, now)
    }
  }

  /** What REST answers of a book; null for a market that is none of the tape's. */
  book(name: string, now: number): object | null {
    const market = this.#markets.find((one) => one.name === name)
    if (market === undefined) return null
    const { bookId, bids, asks } = market
    return { id: bookId, current: now, update: now, bids: levelsOf(bids, bidPrice), asks: levelsOf(asks, askPrice) }
  }

  #quote({ name, bookId }: Market, now: number): string {
    const bid = `"b":"${bidPrice(0)}","B":"${this.#size()}"`
    const ask = `"a":"${askPrice(0)}","A":"${this.#size()}"`
    return push(now, 'spot.book_ticker', `{"t":${now},"u":${bookId},"s":"${name}",${bid},${ask}}`)
  }

  #bookUpdate(market: Market, now: number): string {
    market.bookId += 1
    const { name, bookId } = market
    const event = `"t":${now},"e":"depthUpdate","E":${Math.floor(now / 1000)},"s":"${name}"`
    const levels = `"b":[${this.#change(market.bids, bidPrice)}],"a":[${this.#change(market.asks, askPrice)}]`
    return push(now, 'spot.order_book_update', `{${event},"U":${bookId},"u":${bookId},${levels}}`)
  }

  /** Near the best price most often; one in five is gone then. */
  #change(sizes: string[], priceOf: PriceOf): string {
    const levels = new Set(generate(changes, () => Math.floor(this.#random() ** 3.5 * depth)))
    for (const level of levels) sizes[level] = this.#random() < 0.2 ? '0' : this.#size()
    return [...levels].map((level) => `["${priceOf(level)}","${sizes[level]}"]`).join(',')
  }

  #trade(market: Market, now: number): string {
    market.tradeId += 1
    const id = market.tradeId
    const side = randomItem(this.#random, ['buy', 'sell'])
    const level = randomInteger(this.#random, 0, tradedDepth)
    const price = side === 'buy' ? askPrice(level) : bidPrice(level)
    market.candle = afterTrade(market.candle, now, Number(price))
    return push(
      now,
      'spot.trades',
      `{"id":${id},"id_market":${id},"create_time":${Math.floor(now / 1000)},"create_time_ms":"${now}.000","side":"${side}",` +
        `"currency_pair":"${market.name}","amount":"${this.#size()}","price":"${price}","range":"${id}-${id}"}`,
    )
  }

  #ticker({ name, candle }: Market, now: number): string {
    return push(
      now,
      'spot.tickers',
      `{"currency_pair":"${name}","last":"${candle.close.toFixed(1)}","lowest_ask":"${askPrice(0)}","highest_bid":"${bidPrice(0)}","change_percentage":"1.25",` +
        `"base_volume":"8200.5","quote_volume":"738045000.5","high_24h":"${askPrice(tradedDepth)}","low_24h":"${bidPrice(tradedDepth)}"}`,
    )
  }

  #candle(market: Market, now: number): string {
    market.candle = afterTrade(market.candle, now, market.candle.close)
    const { openTime, open, high, low, close } = market.candle
    return push(
      now,
      'spot.candlesticks',
      `{"t":"${openTime / 1000}","v":"180000.5","c":"${close}","h":"${high}","l":"${low}","o":"${open}","n":"1m_${market.name}","a":"2.5","w":false}`,
    )
  }

  #size(): string {
    return sizeText(this.#random, 1, 4)
  }
}

type PriceOf = (level: number) => string

function levelsOf(sizes: readonly string[], priceOf: PriceOf): readonly (readonly string[])[] {
  return sizes.flatMap((size, level) => (size === '0' ? [] : [[priceOf(level), size]]))
}

function candleAt(openTime: number, price: number): Candle {
  return { openTime, open: price, high: price, low: price, close: price }
}

/** The candle of this minute. */
function afterTrade(candle: Candle, now: number, price: number): Candle {
  const openTime = Math.floor(now / minuteMs) * minuteMs
  if (candle.openTime !== openTime) return candleAt(openTime, price)
  return { ...candle, high: Math.max(candle.high, price), low: Math.min(candle.low, price), close: price }
}

function push(now: number, channel: string, result: string): string {
  return `{"time":${Math.floor(now / 1000)},"time_ms":${now},"channel":"${channel}","event":"update","result":${result}}`
}
