import { beforeAll, describe, expect, test } from 'vitest'
import { type PaperCarrier, SilenceBench } from '../../../test/support/silence-bench.js'
import { seeded } from '../../decode/seeded.js'
import type { Stream } from '../../model/stream.js'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** When a stream is heard next, for each way in which a quiet pair may trade; `now` is a time of day as well. */
type Arrivals = (random: () => number, now: number) => number

const exponential = (random: () => number, meanMs: number): number => -Math.log(1 - random()) * meanMs
const isNight = (now: number): boolean => now % day < 8 * hour

const patterns: Readonly<Record<string, Arrivals>> = {
  'by chance, every two minutes': (random, now) => now + exponential(random, 2 * minute),
  'by chance, every half an hour': (random, now) => now + exponential(random, 30 * minute),
  'by chance, every four hours': (random, now) => now + exponential(random, 4 * hour),
  'in bursts, with half an hour between them': (random, now) =>
    now + exponential(random, random() < 0.9 ? 2 * second : 30 * minute),
  'in bursts of a minute or so, with hours between them': (random, now) =>
    now + exponential(random, random() < 0.98 ? second : 3 * hour),
  'by day, and seldom at night': (random, now) => now + exponential(random, isNight(now) ? 2 * hour : minute),
  'by day in seconds, and not at all at night': (random, now) =>
    isNight(now) ? now - (now % day) + 8 * hour + exponential(random, minute) : now + exponential(random, 20 * second),
  'by the clock, each hour': (_random, now) => now + hour,
}

/** Pairs that trade in one of these ways, on a connection of their own. */
interface Market {
  readonly carrier: PaperCarrier
  readonly arrive: Arrivals
  readonly due: Map<Stream, number>
  /** When each was asked for. */
  readonly asked: Map<string, number[]>
  earliest: number
  replaced: number
}

const pairs = 24

/** Lets all of them live for a day. */
async function live(seed: number): Promise<ReadonlyMap<string, Market>> {
  const bench = new SilenceBench()
  const { clock } = bench
  const random = seeded(seed)
  const markets = new Map<string, Market>()
  for (const [name, arrive] of Object.entries(patterns)) {
    const carrier = bench.addCarrier()
    const streams = Array.from({ length: pairs }, (_, index) =>
      bench.stream(index % 2 === 0 ? 'trades' : 'book_ticker', `${name} ${index}`, carrier),
    )
    const due = new Map<Stream, number>(streams.map((stream) => [stream, arrive(random, clock.now())]))
    markets.set(name, { carrier, arrive, due, asked: new Map(), earliest: clock.now(), replaced: 0 })
  }
  for (const end = clock.now() + day; clock.now() < end; ) {
    const now = clock.now()
    for (const market of markets.values()) if (market.earliest <= now) trade(market, bench, random)
    clock.advance(second)
    const acted = [...markets.values()].filter(({ carrier }) => carrier.done.length > 0)
    for (const market of acted) noteDone(market, now)
    // What a probe was answered with is heard of before time goes on.
    if (acted.length > 0) for (let turn = 0; turn < 4; turn += 1) await null
  }
  return markets
}

function trade(market: Market, bench: SilenceBench, random: () => number): void {
  const now = bench.clock.now()
  for (const [stream, at] of market.due) {
    if (at > now) continue
    bench.hear(stream)
    market.due.set(stream, market.arrive(random, now))
  }
  market.earliest = Math.min(...market.due.values())
}

function noteDone(market: Market, now: number): void {
  const { carrier, asked } = market
  for (const what of carrier.done.splice(0)) {
    if (what === 'replace') {
      market.replaced += 1
      carrier.restore()
    } else if (what.startsWith('probe')) asked.set(what, [...(asked.get(what) ?? []), now])
  }
}

describe('quiet pairs', () => {
  let markets: ReadonlyMap<string, Market>
  beforeAll(async () => {
    markets = await live(7)
  })

  test.each(Object.keys(patterns))('that trade %s are asked for once an hour at most', (pattern) => {
    const { asked, replaced } = markets.get(pattern) as Market
    for (const times of asked.values()) {
      for (const [index, at] of times.entries()) {
        expect(at - (times[index - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(hour)
      }
    }
    expect([...asked.values()].flat().length / pairs).toBeLessThanOrEqual(2)
    // Where all of them stop at once the next connection is given five minutes, then ten, and so on.
    expect(replaced).toBeLessThanOrEqual(7)
  })
})
