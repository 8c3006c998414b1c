import type { Instrument, PublicTrade } from '@tapewire/core'
import type { MarketTrade } from '../../../market/market-event.js'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, fail } from '../../check-failure.js'
import type { MarketStory } from '../../lab/market-story.js'
import { wholeMarketStories } from '../../lab/whole-stories.js'
import {
  expectTrueRow,
  isPartOfWord,
  nearestRow,
  stands,
  type ToldRow,
  type TrueRow,
  whereOf,
} from '../../truth/comparison.js'
import { toldOn } from '../../truth/told.js'
import { momentOf, number, word } from '../../truth/true-value.js'

const area = {
  level: 'must',
  needs: ['venue', 'trades'],
  file: 'parsers/trades.ts',
  docs: 'messages.md#trades',
} as const

/** Public trades against those that the market made. */
export const tradeChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'payload.trades-are-true',
    title: 'each trade has the price, the size, the time and the side of the taker that it had',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const { trade, instrument, frame } of toldTrades(story)) {
          const rows = story.truth.trades(instrument).map(trueTrade)
          expectTrueRow(asRow(trade), nearestRow(asRow(trade), rows), {
            channel: 'trades',
            what: `a trade of ${instrument.name}`,
            frame,
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'payload.trades-come-once',
    title: 'each trade is told once, in the order in which they were made, and none is left out of a frame of several',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const instrument of lab.instruments) {
          const told = toldTrades(story).filter((one) => one.instrument === instrument)
          const made = story.truth.trades(instrument)
          const [first] = told
          if (first === undefined) {
            if (made.length > 0) fail(`no trade of ${instrument.name} was told, of ${made.length} that were made`)
            continue
          }
          // One that never was is a wrong reading, or a wrong emulation, and says so.
          for (const { trade, frame } of told) {
            expectTrueRow(asRow(trade), nearestRow(asRow(trade), made.map(trueTrade)), {
              channel: 'trades',
              what: `a trade of ${instrument.name}`,
              frame,
            })
          }
          expectEqual(
            told.map(({ trade }) => `${trade.price} ${trade.size} ${trade.side}`),
            made.map(({ price, size, side }) => `${Number(price)} ${Number(size)} ${side}`),
            `the trades of ${instrument.name} are not those that were made`,
            whereOf({ channel: 'trades', frame: first.frame }),
          )
        }
      }
    },
  },
  {
    ...area,
    id: 'payload.trade-ids',
    title: 'the id of a trade is its own, as text: no two trades of a market share one',
    docs: 'messages.md#numbers-ids-and-times',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        const seen = new Map<string, PublicTrade>()
        for (const { trade, instrument, frame } of toldTrades(story)) {
          if (trade.id === null) continue
          const key = `${instrument.name} ${trade.id}`
          const other = seen.get(key)
          seen.set(key, trade)
          if (other === undefined) continue
          fail(`two trades of ${instrument.name} have the id ${trade.id}`, {
            expected: 'an id for each',
            got: [other, trade],
            ...whereOf({ channel: 'trades', frame }),
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'payload.trade-ids-as-sent',
    title: 'where the exchange sends the id of a trade, that is its id',
    docs: 'messages.md#numbers-ids-and-times',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const { trade, instrument, frame } of toldTrades(story)) {
          if (trade.id !== null && frame !== null && isPartOfWord(trade.id, frame)) {
            fail(`the id of a trade of ${instrument.name} is a part of what was sent`, {
              expected: 'the whole of it',
              got: trade.id,
              ...whereOf({ channel: 'trades', frame }),
            })
          }
          const truth = story.truth.trades(instrument).find((made) => isSame(made, trade))
          if (truth === undefined || frame === null || !stands(`${truth.id}`, frame)) continue
          const sameText = story.truth.trades(instrument).filter(({ id }) => stands(`${id}`, frame))
          if (sameText.some(({ id }) => `${id}` === trade.id)) continue
          fail(`a trade of ${instrument.name} has not the id that was sent`, {
            expected: String(truth.id),
            got: trade.id,
            ...whereOf({ channel: 'trades', frame }),
          })
        }
      }
    },
  },
  {
    ...area,
    id: 'payload.trade-time-fractions',
    title: 'the time of a trade keeps the part of a millisecond that the exchange sends',
    docs: 'messages.md#numbers-ids-and-times',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const { trade, frame } of toldTrades(story)) {
          if (trade.time === null || typeof frame !== 'string') continue
          const sent = [...frame.matchAll(/(?<![\d.])\d{13}\.\d+/g)].map(([text]) => Number(text))
          const ofTrade = sent.filter((time) => Math.floor(time) === Math.floor(trade.time ?? 0))
          if (ofTrade.length === 0 || ofTrade.includes(trade.time)) continue
          fail('the time of a trade is told in whole milliseconds, and was sent with a fraction', {
            expected: ofTrade[0],
            got: trade.time,
            ...whereOf({ channel: 'trades', frame }),
          })
        }
      }
    },
  },
]

interface ToldTrade {
  readonly trade: PublicTrade
  readonly instrument: Instrument
  readonly frame: string | Uint8Array | null
}

/** Those of the time that the story is about: an exchange may tell of earlier ones when a stream begins. */
function toldTrades(story: MarketStory): readonly ToldTrade[] {
  return toldOn(story, 'trades').flatMap(({ data, symbol, raw }) =>
    data
      .filter(({ time }) => time === null || time >= story.from || time < story.from / 10)
      .map((trade) => ({ trade, instrument: symbol, frame: raw })),
  )
}

function trueTrade({ price, size, side, time }: MarketTrade): TrueRow {
  return { price: number(price), size: number(size), side: word(side), time: momentOf(time) }
}

function isSame({ price, size, side, time }: MarketTrade, trade: PublicTrade): boolean {
  const isThen = trade.time === null || Math.floor(trade.time) === time
  return Number(price) === trade.price && Number(size) === trade.size && side === trade.side && isThen
}

function asRow(trade: PublicTrade): ToldRow {
  return { ...trade }
}
