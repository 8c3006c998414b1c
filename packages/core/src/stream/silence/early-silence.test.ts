import { describe, expect, test } from 'vitest'
import { SilenceBench } from '../../../test/support/silence-bench.js'
import type { Channel } from '../../model/channel.js'
import type { Stream } from '../../model/stream.js'

const minute = 60_000

/** A stream of ONE/USDT beside what else is wanted, all of one connection. */
function scene(channel: Channel) {
  const bench = new SilenceBench()
  const carrier = bench.carrier
  const add = (one: Channel, base: string): Stream => bench.stream(one, `${one} ${base}`, carrier, base)
  const watched = add(channel, 'ONE')
  const whyOdd = (): string | null => bench.watch.whyOdd(watched, carrier.id)
  return { bench, watched, add, whyOdd }
}

describe('the silence of a stream of which nothing is known yet', () => {
  test.each<[Channel, Channel]>([
    ['candles', 'trades'],
    ['book_ticker', 'trades'],
    ['ticker', 'book_ticker'],
    ['orderbook', 'book_ticker'],
  ])('is odd where %s never come though %s of the same market do', async (channel, mover) => {
    const { bench, add, whyOdd } = scene(channel)
    const moving = add(mover, 'ONE')
    await bench.pass(minute, moving)
    expect(whyOdd()).toBeNull()
    await bench.pass(minute, moving)
    expect(whyOdd()).toBe('while its market goes on')
  })

  test('is odd where it stops within the first minute, and others of its channel go on', async () => {
    const { bench, watched, add, whyOdd } = scene('book_ticker')
    const others = ['TWO', 'THREE', 'FOUR', 'FIVE'].map((base) => add('book_ticker', base))
    await bench.pass(minute / 2, watched, ...others)
    await bench.pass(2 * minute, ...others.slice(0, 3))
    expect(whyOdd()).toBe('while others of its channel go on')
  })

  test('is that of a quiet pair where its trades are quiet as well, whatever other pairs do', async () => {
    const { bench, add, whyOdd } = scene('book_ticker')
    add('trades', 'ONE')
    const others = ['TWO', 'THREE', 'FOUR'].flatMap((base) => [add('book_ticker', base), add('trades', base)])
    await bench.pass(10 * minute, ...others)
    expect(whyOdd()).toBeNull()
  })

  test('is that of a quiet pair where others of its channel are quiet, too, or hardly any are wanted', async () => {
    for (const flowing of [1, 2]) {
      const { bench, add, whyOdd } = scene('ticker')
      const others = ['TWO', 'THREE', 'FOUR'].slice(0, flowing === 1 ? 1 : 3).map((base) => add('ticker', base))
      await bench.pass(10 * minute, ...others.slice(0, flowing))
      expect(whyOdd()).toBeNull()
    }
  })

  test('is that of a quiet pair where it has been as long before', async () => {
    const { bench, watched, add, whyOdd } = scene('ticker')
    const others = ['TWO', 'THREE', 'FOUR'].map((base) => add('ticker', base))
    await bench.pass(2 * minute, ...others)
    expect(whyOdd()).toBe('while others of its channel go on')
    await bench.pass(1_000, watched, ...others)
    await bench.pass(10 * minute, ...others)
    expect(whyOdd()).toBeNull()
  })

  test.each<Channel>(['trades', 'candles'])('is never odd of %s beside others of its channel', async (channel) => {
    const { bench, add, whyOdd } = scene(channel)
    const others = ['TWO', 'THREE', 'FOUR'].map((base) => add(channel, base))
    await bench.pass(70 * minute, ...others)
    expect(whyOdd()).toBeNull()
  })

  test('is not judged before it was asked for again', async () => {
    const { bench, watched, add, whyOdd } = scene('ticker')
    bench.carrier.inactive.add(watched)
    const moving = add('trades', 'ONE')
    await bench.pass(5 * minute, moving)
    expect(whyOdd()).toBeNull()
  })
})
