import type { Instrument } from '@tapewire/core'
import type { PublicMiniTickerV3Api } from '../../shared/generated/market-data.js'
import { composePush } from '../replies.js'
import { type Feed, type FeedSource, sendTimeOf, wireNameOf } from './feed.js'

/** Both ticker channels push every 3 s. Source: MEXC spot v3 API docs, "MiniTicker". */
const tickerIntervalMs = 3_000

/** `miniTicker`: one pair. */
export class MiniTickerFeed implements Feed {
  readonly intervalMs: number = tickerIntervalMs
  readonly #name: string
  readonly #pair: Instrument
  readonly #source: FeedSource

  constructor(name: string, pair: Instrument, source: FeedSource) {
    this.#name = name
    this.#pair = pair
    this.#source = source
  }

  next(): Uint8Array {
    return composePush(this.#name, {
      symbol: wireNameOf(this.#pair),
      sendTime: sendTimeOf(this.#source.clock),
      body: { $case: 'publicMiniTicker', value: miniTicker(this.#source, this.#pair) },
    })
  }
}

/** `miniTickers`: every pair in one push, which names no symbol itself. */
export class MiniTickersFeed implements Feed {
  readonly intervalMs: number = tickerIntervalMs
  readonly #name: string
  readonly #source: FeedSource

  constructor(name: string, source: FeedSource) {
    this.#name = name
    this.#source = source
  }

  next(): Uint8Array {
    const items = this.#source.market.pairs.map((pair) => miniTicker(this.#source, pair))
    return composePush(this.#name, {
      sendTime: sendTimeOf(this.#source.clock),
      body: { $case: 'publicMiniTickers', value: { items } },
    })
  }
}

/** `volume` is the quote turnover, `quantity` the base volume. */
function miniTicker({ market }: FeedSource, pair: Instrument): PublicMiniTickerV3Api {
  const { open, high, low, last, baseVolume, quoteVolume } = market.statistics(pair)
  const rate = String(Number((Number(last) / Number(open) - 1).toFixed(4)))
  return {
    symbol: wireNameOf(pair),
    price: last,
    rate,
    zonedRate: rate,
    high,
    low,
    volume: quoteVolume,
    quantity: baseVolume,
    lastCloseRate: rate,
    lastCloseZonedRate: rate,
    lastCloseHigh: high,
    lastCloseLow: low,
  }
}
