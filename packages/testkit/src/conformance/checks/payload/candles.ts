import type { CandleData, CandleInterval, ChannelMessage } from '@tapewire/core'
import type { MarketCandle } from '../../../market/market-event.js'
import type { ConformanceCheck } from '../../check.js'
import { fail } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import type { MarketStory } from '../../lab/market-story.js'
import { wholeMarketStories } from '../../lab/whole-stories.js'
import { expectTrueRow, nearestRow, type ToldRow, type TrueRow, whereOf } from '../../truth/comparison.js'
import { toldOn } from '../../truth/told.js'
import { number } from '../../truth/true-value.js'

const area = {
  level: 'must',
  needs: ['venue', 'candles'],
  file: 'parsers/candles.ts',
  docs: 'messages.md#candles',
} as const

/** After the end of a window, as long as an exchange may take to say so, ms. */
const closingMs = 3_500

/** Candles against those of the market. */
export const candleChecks: readonly ConformanceCheck[] = [
  {
    ...area,
    id: 'payload.candles-are-true',
    title: 'open, high, low, close and both volumes of a candle are those of its window, none in the place of another',
    async run(lab) {
      for (const { story, message, states } of await toldCandles(lab)) {
        const { data, symbol, raw } = message
        const ofWindow = states.filter(({ openTime }) => openTime === data.openTime)
        if (ofWindow.length === 0) continue
        expectTrueRow(asRow(data), nearestRow(asRow(data), ofWindow.map(trueCandle)), {
          channel: 'candles',
          what: `a candle of ${data.interval} of ${symbol.name} (${story.source})`,
          frame: raw,
        })
      }
    },
  },
  {
    ...area,
    id: 'payload.candle-windows',
    title: 'the opening time of a candle is the beginning of its window, epoch ms',
    async run(lab) {
      for (const { message, states } of await toldCandles(lab)) {
        const { data, symbol, raw } = message
        const windows = [...new Set(states.map(({ openTime }) => openTime))]
        if (windows.includes(data.openTime)) continue
        fail(`no candle of ${data.interval} of ${symbol.name} opens at ${data.openTime}`, {
          expected: windows,
          got: data.openTime,
          ...whereOf({ channel: 'candles', frame: raw }),
        })
      }
    },
  },
  {
    ...area,
    id: 'payload.candles-close',
    title: 'a candle is closed once its window has ended, and not before; null where the exchange does not say',
    async run(lab) {
      for (const { message, states } of await toldCandles(lab)) {
        const { data, symbol, raw, receivedAt } = message
        const window = states.find(({ openTime }) => openTime === data.openTime)
        if (window === undefined || data.closed !== true || receivedAt >= window.closeTime) continue
        fail(`a candle of ${data.interval} of ${symbol.name} is told as closed, and its window goes on`, {
          expected: false,
          got: data,
          ...whereOf({ channel: 'candles', frame: raw }),
        })
      }
      for (const message of await lastOfEndedWindows(lab)) {
        const { data, symbol, raw } = message
        if (data.closed !== false) continue
        fail(`the last that was told of a window of ${data.interval} of ${symbol.name}, after its end, is not closed`, {
          expected: true,
          got: data,
          ...whereOf({ channel: 'candles', frame: raw }),
        })
      }
    },
  },
  {
    ...area,
    id: 'payload.candles-of-every-width',
    title: 'every width that can be planned is told, on the stream that has it in `params.interval`',
    async run(lab) {
      for (const story of await wholeMarketStories(lab)) {
        const told = toldOn(story, 'candles')
        for (const { stream, data, raw } of told) {
          if (stream.params.interval === data.interval) continue
          fail('a candle is of another width than its stream', {
            expected: stream.params.interval,
            got: data.interval,
            ...whereOf({ channel: 'candles', frame: raw }),
          })
        }
        const widths = new Set<CandleInterval>(told.map(({ data }) => data.interval))
        const silent = (story.wanted.candleIntervals ?? []).filter((interval) => !widths.has(interval))
        if (silent.length > 0) fail(`no candle of ${silent.join(', ')} was told`, { got: [...widths] })
      }
    },
  },
]

interface ToldCandle {
  readonly story: MarketStory
  readonly message: ChannelMessage<'candles'>
  /** Every state of the candles of its market and width until it was received. */
  readonly states: readonly MarketCandle[]
}

async function toldCandles(lab: Lab): Promise<readonly ToldCandle[]> {
  return (await wholeMarketStories(lab)).flatMap((story) =>
    toldOn(story, 'candles').map((message) => ({
      story,
      message,
      states: story.truth.candles(message.symbol, message.data.interval),
    })),
  )
}

/** The last message of each window that ended well before its story did, where it came after that end. */
async function lastOfEndedWindows(lab: Lab): Promise<readonly ChannelMessage<'candles'>[]> {
  const lasts = new Map<string, ChannelMessage<'candles'>>()
  for (const { story, message, states } of await toldCandles(lab)) {
    const { data, stream, receivedAt } = message
    const window = states.find(({ openTime }) => openTime === data.openTime)
    if (window === undefined || receivedAt < window.closeTime || window.closeTime > story.to - closingMs) continue
    lasts.set(`${story.source} ${stream.id} ${data.openTime}`, message)
  }
  return [...lasts.values()]
}

function trueCandle({ open, high, low, close, baseVolume, quoteVolume }: MarketCandle): TrueRow {
  return {
    open: number(open),
    high: number(high),
    low: number(low),
    close: number(close),
    baseVolume: number(baseVolume),
    quoteVolume: number(quoteVolume),
  }
}

function asRow(data: CandleData): ToldRow {
  return { ...data }
}
