import type { MarketCandle } from '@tapewire/testkit'
import { type Feed, type FeedContext, Gathering, wireNameOf } from './feed.js'

/** Pace of `spot.candlesticks`. Source: Gate.io spot WebSocket v4 docs. */
const intervalMs = 2_000

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `1m` in ms. */
export function widthMsOf(width: string): number {
  return Number.parseInt(width, 10) * (unitsMs[width.at(-1) as string] as number)
}

/** `spot.candlesticks`: the running candle while trades come in, after the closed one where its window has just ended. */
export function candlesFeed({ clock, market, pair, publish }: FeedContext, width: string): Feed {
  const widthMs = widthMsOf(width)
  let openTime = market.candle(pair, widthMs).openTime
  const gathering = new Gathering(clock, intervalMs, () => {
    const candle = market.candle(pair, widthMs)
    const closed = candle.openTime === openTime ? null : market.closedCandle(pair, widthMs)
    openTime = candle.openTime
    if (closed !== null) publish(row(closed))
    publish(row(candle))
  })
  const row = (candle: MarketCandle): object => ({
    t: String(candle.openTime / 1000),
    v: candle.quoteVolume,
    c: candle.close,
    h: candle.high,
    l: candle.low,
    o: candle.open,
    n: `${width}_${wireNameOf(pair)}`,
    a: candle.baseVolume,
    w: candle.closed,
  })
  return {
    onEvent: (event) => {
      if (event.kind === 'trade') gathering.arm()
    },
    close: () => gathering.cancel(),
  }
}
