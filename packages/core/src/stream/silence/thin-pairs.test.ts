import { describe, expect, test } from 'vitest'
import { SilenceBench } from '../../../test/support/silence-bench.js'
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

/** Lets pairs that trade in this way live on one connection for some days. Returns when each was asked for, and how often the connection was replaced. */
async function live(arrive: Arrivals, pairs: number, days: number, seed: number) {
  const bench = new SilenceBench()
  const { carrier, clock } = bench
  const random = seeded(seed)
  const streams = Array.from({ length: pairs }, (_, index) =>
    bench.stream(index % 2 === 0 ? 'trades' : 'book_ticker', `pair ${index}`),
  )
  const due = new Map<Stream, number>(streams.map((stream) => [stream, arrive(random, clock.now())]))
  const asked = new Map<string, number[]>()
  let replaced = 0
  for (const end = clock.now() + days * day; clock.now() < end; ) {
    const now = clock.now()
    for (const [stream, at] of due) {
      if (at > now) continue
      bench.hear(stream)
      due.set(stream, arrive(random, now))
    }
    clock.advance(second)
    if (carrier.done.length === 0) continue
    for (const what of carrier.done.splice(0)) {
      if (what === 'replace') replaced += 1
      else if (what.startsWith('probe')) asked.set(what, [...(asked.get(what) ?? []), now])
    }
    if (replaced > 0) carrier.restore()
    // What a probe was answered with is heard of before time goes on.
    for (let turn = 0; turn < 4; turn += 1) await null
  }
  return { asked, replaced }
}

describe('quiet pairs', () => {
  test.each(Object.keys(patterns))('that trade %s are asked for once an hour at most', async (pattern) => {
    const [pairs, days] = [24, 2]
    const { asked, replaced } = await live(patterns[pattern] as Arrivals, pairs, days, 7)
    for (const times of asked.values()) {
      for (const [index, at] of times.entries()) {
        expect(at - (times[index - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(hour)
      }
    }
    const probes = [...asked.values()].flat().length
    expect(probes / pairs / days).toBeLessThanOrEqual(2)
    // Where all of them stop at once the next connection is given five minutes, then ten, and so on.
    expect(replaced / days).toBeLessThanOrEqual(pattern.endsWith('not at all at night') ? 7 : 2)
  })
})
