import type { Instrument } from '@tapewire/core'
import type { ConformanceCheck } from '../../check.js'
import { fail } from '../../check-failure.js'
import type { MarketStory } from '../../lab/market-story.js'
import { wholeMarketStories } from '../../lab/whole-stories.js'
import { stands, whereOf } from '../../truth/comparison.js'
import { lagMs, toldOn } from '../../truth/told.js'

/** Digits that a text has to have for it not to stand in a frame by chance. */
const tellingDigits = 6

/** What is sent and not told. */
export const leftOutChecks: readonly ConformanceCheck[] = [
  {
    id: 'payload.nothing-sent-is-left-out',
    title: 'a statistic that stands in a frame is told: null is for what the exchange does not send',
    level: 'should',
    needs: ['venue'],
    file: 'parsers/ticker.ts',
    docs: 'messages.md#numbers-ids-and-times',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        for (const { data, symbol, receivedAt, raw } of toldOn(story, 'ticker')) {
          expectNoneLeftOut(story, { ...data }, 'ticker', symbol, receivedAt, raw)
        }
        for (const { data, symbol, raw } of toldOn(story, 'candles')) {
          const states = story.truth.candles(symbol, data.interval).filter((one) => one.openTime === data.openTime)
          const row = { ...data }
          const state = states.find(({ close, high, low }) => isLike(row, { close, high, low }))
          if (state === undefined || raw === null) continue
          const { baseVolume, quoteVolume } = state
          expectTold(row, { baseVolume, quoteVolume }, 'candles', raw)
        }
      }
    },
  },
]

function expectNoneLeftOut(
  { truth }: MarketStory,
  row: Readonly<Record<string, unknown>>,
  channel: 'ticker',
  symbol: Instrument,
  receivedAt: number,
  raw: string | Uint8Array | null,
): void {
  const moments = truth.moments(symbol, receivedAt - lagMs, receivedAt)
  const state = moments.find(({ statistics: { last, high, low } }) => isLike(row, { last, high, low }))
  if (state === undefined || raw === null) return
  const { baseVolume, quoteVolume, high, low, last } = state.statistics
  expectTold(row, { baseVolume, quoteVolume, high, low, last }, channel, raw)
}

function isLike(row: Readonly<Record<string, unknown>>, truth: Readonly<Record<string, string>>): boolean {
  return Object.entries(truth).every(([name, text]) => row[name] === null || row[name] === Number(text))
}

function expectTold(
  row: Readonly<Record<string, unknown>>,
  truth: Readonly<Record<string, string>>,
  channel: 'ticker' | 'candles',
  frame: string | Uint8Array,
): void {
  for (const [name, text] of Object.entries(truth)) {
    const isTelling = text.replace(/\D/g, '').length >= tellingDigits && !Object.values(row).includes(Number(text))
    if (row[name] !== null || !isTelling || !stands(text, frame)) continue
    fail(`${channel}.${name} is null, and stands in the frame`, {
      expected: Number(text),
      got: null,
      ...whereOf({ channel, frame }),
    })
  }
}
