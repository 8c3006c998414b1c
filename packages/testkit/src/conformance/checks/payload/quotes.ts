import type { ConformanceCheck } from '../../check.js'
import { fail } from '../../check-failure.js'
import { wholeMarketStories } from '../../lab/whole-stories.js'
import { expectTrueRow, nearestRow, type TrueRow, whereOf } from '../../truth/comparison.js'
import type { MarketMoment } from '../../truth/market-truth.js'
import { lagMs, toldOn } from '../../truth/told.js'
import { number, share } from '../../truth/true-value.js'

const quotes = {
  level: 'must',
  needs: ['venue', 'book_ticker'],
  file: 'parsers/book-ticker.ts',
  docs: 'messages.md#book_ticker',
} as const

const statistics = {
  level: 'must',
  needs: ['venue', 'ticker'],
  file: 'parsers/ticker.ts',
  docs: 'messages.md#ticker',
} as const

/** Best prices and statistics against those of the market. */
export const quoteChecks: readonly ConformanceCheck[] = [
  {
    ...quotes,
    id: 'payload.quotes-are-true',
    title: 'the best bid and ask are those of the market, each on its side, price and size in their places',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const { data, symbol, receivedAt, raw } of toldOn(story, 'book_ticker')) {
          const moments = story.truth.moments(symbol, receivedAt - lagMs, receivedAt)
          expectTrueRow({ ...data }, nearestRow({ ...data }, moments.map(trueQuote)), {
            channel: 'book_ticker',
            what: `the quote of ${symbol.name}`,
            frame: raw,
          })
        }
      }
    },
  },
  {
    ...quotes,
    id: 'payload.quotes-have-prices',
    title: 'a quote of a market that has both sides has a price on both',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const { data, symbol, raw } of toldOn(story, 'book_ticker')) {
          if (data.bidPrice !== null && data.askPrice !== null) continue
          fail(`a quote of ${symbol.name} has no price on one side, and neither side was ever empty`, {
            got: data,
            ...whereOf({ channel: 'book_ticker', frame: raw }),
          })
        }
      }
    },
  },
  {
    ...quotes,
    id: 'payload.quotes-move',
    title: 'quotes follow the market: the last one of each market is how it stands',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const instrument of lab.instruments) {
          const told = toldOn(story, 'book_ticker').filter(({ symbol }) => symbol === instrument)
          const last = told.at(-1)
          const [now] = story.truth.moments(instrument, story.to, story.to)
          if (last === undefined || now === undefined) continue
          const row = { ...last.data }
          expectTrueRow(row, nearestRow(row, [trueQuote(now)]), {
            channel: 'book_ticker',
            what: `the last quote of ${instrument.name}, after its market stood still for ${lagMs / 1_000} s,`,
            frame: last.raw,
          })
        }
      }
    },
  },
  {
    ...statistics,
    id: 'payload.ticker-is-true',
    title: 'last, open, high, low, best prices and both volumes are those of the market, none in the place of another',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const { data, symbol, receivedAt, raw } of toldOn(story, 'ticker')) {
          const { change: _, ...row } = data
          const moments = story.truth.moments(symbol, receivedAt - lagMs, receivedAt)
          expectTrueRow(row, nearestRow(row, moments.map(trueStatistics)), {
            channel: 'ticker',
            what: `the ticker of ${symbol.name}`,
            frame: raw,
          })
        }
      }
    },
  },
  {
    ...statistics,
    id: 'payload.ticker-change-is-a-fraction',
    title: 'the change of a ticker is a fraction: 0.01 is +1 %',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const { data, symbol, receivedAt, raw } of toldOn(story, 'ticker')) {
          const moments = story.truth.moments(symbol, receivedAt - lagMs, receivedAt)
          expectTrueRow({ change: data.change }, nearestRow({ change: data.change }, moments.map(trueChange)), {
            channel: 'ticker',
            what: `the change of ${symbol.name}`,
            frame: raw,
          })
        }
      }
    },
  },
]

function trueQuote({ book: { bids, asks } }: MarketMoment): TrueRow {
  const [[bidPrice = '', bidSize = ''] = [], [askPrice = '', askSize = ''] = []] = [bids[0], asks[0]]
  return {
    bidPrice: number(bidPrice),
    bidSize: number(bidSize),
    askPrice: number(askPrice),
    askSize: number(askSize),
  }
}

function trueStatistics({
  statistics: { last, open, high, low, baseVolume, quoteVolume },
  book,
}: MarketMoment): TrueRow {
  return {
    last: number(last),
    open: number(open),
    high: number(high),
    low: number(low),
    baseVolume: number(baseVolume),
    quoteVolume: number(quoteVolume),
    bidPrice: number(book.bids[0]?.[0] ?? ''),
    askPrice: number(book.asks[0]?.[0] ?? ''),
  }
}

function trueChange({ statistics: { last, open } }: MarketMoment): TrueRow {
  return { change: share(Number(last) / Number(open) - 1) }
}
