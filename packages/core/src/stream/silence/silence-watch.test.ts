import { describe, expect, test } from 'vitest'
import { SilenceBench } from '../../../test/support/silence-bench.js'
import { trackedOf } from '../../../test/support/streams.js'
import { bitsOf, type Channel, channels, traitsOf } from '../../model/channel.js'
import { ConnectionState } from '../../model/connection-state.js'

const minute = 60_000
const hour = 60 * minute

/** A bench with a stream of this channel that something comes on in each second, for five minutes, and another beside it. */
async function busy(channel: Channel, hasBooks = false) {
  const bench = new SilenceBench({ hasBooks })
  const stream = bench.stream(channel, 'watched')
  const beside = bench.stream('book_ticker', 'beside')
  await bench.pass(6 * minute, stream, beside)
  return { bench, stream, beside, carrier: bench.carrier }
}

describe('a stream whose rhythm is not known yet', () => {
  test.each(channels.map((channel) => [channel, traitsOf(channel).rhythm === 'regular'] as const))(
    'of %s is stale after staleAfterMs: %j',
    async (channel, isRegular) => {
      const bench = new SilenceBench()
      const stream = bench.stream(channel)
      bench.hear(stream)
      await bench.pass(minute)
      expect(bench.told).toEqual([])
      await bench.pass(1_000)
      expect(bench.told).toEqual(isRegular ? [`${channel} stale: nothing came for 60000 ms: asked for again`] : [])
    },
  )

  test('is looked at more often where the time is short', async () => {
    const bench = new SilenceBench({ staleAfterMs: 1_000 })
    const stream = bench.stream('ticker')
    bench.hear(stream)
    bench.clock.advance(1_000)
    expect(stream.status).toBe('live')
    bench.clock.advance(250)
    expect(bench.told).toEqual(['ticker stale: nothing came for 1000 ms: asked for again'])
  })

  test('and that never brought anything, though it is acknowledged, is stale as well', async () => {
    const bench = new SilenceBench()
    bench.stream('ticker')
    const waiting = bench.stream('candles')
    bench.carrier.inactive.add(waiting)
    await bench.pass(2 * minute)
    expect(bench.told[0]).toBe('ticker stale: nothing came for 60000 ms: asked for again')
    expect([bench.carrier.done, waiting.status]).toEqual([['probe ticker'], 'syncing'])
  })

  test('of trades is asked for again after an hour', async () => {
    const bench = new SilenceBench()
    bench.stream('trades')
    await bench.pass(hour - 1_000)
    expect(bench.told).toEqual([])
    await bench.pass(2_000)
    expect(bench.told).toEqual([`trades stale: nothing came for ${hour} ms: asked for again`])
  })

  test('says something by its silence where one of its wanted channels does', async () => {
    const bench = new SilenceBench()
    const mixed = bench.stream('trades', 'mixed')
    trackedOf(mixed).wanted = bitsOf(['trades', 'ticker'])
    await bench.pass(minute + 1_000)
    expect(mixed.status).toBe('stale')
  })
})

describe('a stream that falls silent while others of its connection deliver', () => {
  test.each<Channel>(['trades', 'book_ticker', 'ticker', 'candles', 'orderbook'])(
    'is noticed against its rhythm, told, and asked for again alone: %s',
    async (channel) => {
      const { bench, stream, beside, carrier } = await busy(channel)
      await bench.pass(9_000, beside)
      expect([bench.told, carrier.done]).toEqual([[], []])
      await bench.pass(1_000, beside)
      expect(bench.told).toEqual([
        'watched stale: nothing came for 10000 ms, where the longest quiet was 1000 ms before: asked for again',
      ])
      expect([carrier.done, stream.status]).toEqual([['probe watched'], 'stale'])
      expect(bench.watch.counters).toEqual({ streamProbes: 1, silentConnections: 0 })
    },
  )

  test('is judged by its own rhythm: one that comes every five seconds is given four times as long', async () => {
    const { bench, stream, beside, carrier } = await busy('trades')
    for (let times = 0; times < 10; times += 1) {
      await bench.pass(1_000, stream, beside)
      await bench.pass(4_000, beside)
    }
    await bench.pass(15_000, beside)
    expect(carrier.done).toEqual([])
    await bench.pass(2_000, beside)
    expect(carrier.done).toEqual(['probe watched'])
  })

  test('and came back once it was asked for is told of as having missed something, where all of it counts', async () => {
    for (const [channel, isTold] of [
      ['trades', true],
      ['ticker', false],
    ] as const) {
      const { bench, stream, beside } = await busy(channel)
      await bench.pass(10_000, beside)
      bench.told.length = 0
      await bench.pass(2_000, stream, beside)
      const reason = 'it came back 11000 ms after it fell silent, once it was asked for again: something may be missing'
      expect(bench.told).toEqual(isTold ? [`watched missed: ${reason}`] : [])
    }
  })

  test('and is as silent after it was acknowledged is subscribed anew, and told of when that brings nothing either', async () => {
    const { bench, beside, carrier } = await busy('trades')
    await bench.pass(19_000, beside)
    expect(carrier.done).toEqual(['probe watched'])
    await bench.pass(1_000, beside)
    expect(carrier.done).toEqual(['probe watched', 'start over watched'])
    expect(bench.told.at(-1)).toBe(
      'watched ended: nothing came for 20000 ms, where the longest quiet was 1000 ms before: subscribed anew',
    )
    await bench.pass(11_000, beside)
    expect(bench.told.at(-1)).toMatch(
      /^watched stale: nothing came for 30000 ms.*: asked for again, and acknowledged; once more in \d+ ms$/,
    )
    await bench.pass(hour - 2 * minute, beside)
    expect(carrier.done).toHaveLength(2)
  })

  test('and is as silent after it was acknowledged is left as it is where it is not known for busy', async () => {
    const bench = new SilenceBench()
    const [stream, beside] = [bench.stream('trades', 'watched'), bench.stream('book_ticker', 'beside')]
    await bench.pass(3 * minute, stream, beside)
    await bench.pass(2 * minute, beside)
    expect(bench.carrier.done).toEqual(['probe watched'])
    expect(bench.told.at(-1)).toMatch(/: asked for again, and acknowledged; once more in \d+ ms$/)
  })

  test('and that the exchange has gone on without, as it says over REST, is subscribed anew though it is not busy', async () => {
    const bench = new SilenceBench()
    const [stream, beside] = [bench.stream('orderbook', 'watched'), bench.stream('book_ticker', 'beside')]
    await bench.pass(3 * minute, stream, beside)
    bench.leftBehind.add(stream)
    await bench.pass(21_000, beside)
    expect(bench.carrier.done).toEqual(['probe watched'])
    await bench.pass(2_000, beside)
    expect(bench.carrier.done).toEqual(['probe watched', 'start over watched'])
  })

  test('and that the exchange was only ahead of for a moment is left as it is', async () => {
    const bench = new SilenceBench()
    const [stream, beside] = [bench.stream('orderbook', 'watched'), bench.stream('book_ticker', 'beside')]
    await bench.pass(3 * minute, stream, beside)
    bench.leftBehind.add(stream)
    await bench.pass(20_000, beside)
    await bench.pass(5_000, stream, beside)
    expect(bench.carrier.done).toEqual(['probe watched'])
  })

  test('and that the exchange has nothing newer of is live, and looked at again once it was quiet for as long again', async () => {
    for (const isBusy of [true, false]) {
      const bench = new SilenceBench()
      const [stream, beside] = [bench.stream('trades', 'watched'), bench.stream('book_ticker', 'beside')]
      await bench.pass((isBusy ? 6 : 3) * minute, stream, beside)
      bench.even.add(stream)
      await bench.pass(20_000, beside)
      expect(bench.told.at(-1)).toBe(
        'watched live: nothing came for 20000 ms, where the longest quiet was 1000 ms before: the exchange has nothing newer',
      )
      const told = bench.told.length
      await bench.pass(19_000, beside)
      expect([bench.looks, bench.told.length, stream.status]).toEqual([1, told, 'live'])
      await bench.pass(1_000, beside)
      expect([bench.looks, bench.told.at(-1)]).toEqual([
        2,
        expect.stringMatching(/^watched live: nothing came for 40000 ms/),
      ])
      await bench.pass(30 * minute, beside)
      // After 80 s, 160, 320, 640 and 1,280: it was asked for once.
      expect([bench.looks, bench.carrier.done, bench.doubted.size]).toEqual([7, ['probe watched'], 0])
      await bench.pass(1_000, stream, beside)
      expect(bench.told.at(-1)).toBe('watched live: delivering')
    }
  })

  test('and that the exchange goes on without after all is subscribed anew, and stale where it cannot be asked any more', async () => {
    for (const isBehind of [true, false]) {
      const bench = new SilenceBench()
      const [stream, beside] = [bench.stream('trades', 'watched'), bench.stream('book_ticker', 'beside')]
      await bench.pass(3 * minute, stream, beside)
      bench.even.add(stream)
      await bench.pass(30_000, beside)
      bench.even.clear()
      if (isBehind) bench.leftBehind.add(stream)
      await bench.pass(13_000, beside)
      expect(bench.carrier.done).toEqual(isBehind ? ['probe watched', 'start over watched'] : ['probe watched'])
      expect(bench.told.at(-1)).toMatch(
        isBehind ? /^watched ended: .*subscribed anew$/ : /^watched stale: .*acknowledged/,
      )
    }
  })

  test('is doubted from when it is asked for until that is known', async () => {
    const { bench, stream, beside, carrier } = await busy('trades')
    let answer: (outcome: 'acknowledged' | 'over') => void = () => {}
    carrier.outcome = new Promise((resolve) => {
      answer = resolve
    })
    await bench.pass(10_000, beside)
    expect(bench.doubted).toEqual(new Set([stream]))
    answer('over')
    await bench.pass(1_000, beside)
    expect(bench.doubted.size).toBe(0)
  })

  test('and is not acknowledged at all is subscribed anew at once', async () => {
    const { bench, beside, carrier } = await busy('trades')
    carrier.outcome = 'unanswered'
    await bench.pass(10_000, beside)
    expect(carrier.done).toEqual(['probe watched', 'start over watched'])
  })

  test('and was refused, or whose connection ended meanwhile, is left to those who see to that', async () => {
    const { bench, beside, carrier } = await busy('trades')
    carrier.outcome = 'over'
    await bench.pass(2 * minute, beside)
    expect([carrier.done, bench.told.length]).toEqual([['probe watched'], 1])
  })

  test('is asked for again in five minutes where it had come back for good, and else in an hour', async () => {
    for (const [backMs, waitMs] of [
      [4 * minute, 5 * minute],
      [30_000, hour],
    ] as const) {
      const { bench, stream, beside, carrier } = await busy('ticker')
      await bench.pass(10_000, beside)
      await bench.pass(backMs, stream, beside)
      await bench.pass(waitMs - backMs - 1_000, beside)
      expect(carrier.done).toEqual(['probe watched'])
      expect(stream.status).toBe('stale')
      await bench.pass(1_000, beside)
      expect(carrier.done.slice(1)).toEqual(['probe watched'])
    }
  })

  test('that is still as quiet an hour later is subscribed anew, and then after growing times', async () => {
    const bench = new SilenceBench()
    const quiet = bench.stream('trades', 'quiet')
    const beside = bench.stream('ticker', 'beside')
    bench.hear(quiet)
    const times: number[] = []
    const since = bench.clock.now()
    while (bench.clock.now() < since + 9 * hour) {
      const before = bench.carrier.done.length
      await bench.pass(minute, beside)
      if (bench.carrier.done.length > before) times.push(Math.round((bench.clock.now() - since) / hour))
    }
    expect(bench.carrier.done.slice(0, 2)).toEqual(['probe quiet', 'start over quiet'])
    expect(times).toEqual([1, 2, 4, 8])
  })

  test('and lost a message while it was asked for stays gapped: that says more', async () => {
    const bench = new SilenceBench()
    const [stream, beside] = [bench.stream('ticker', 'watched'), bench.stream('book_ticker', 'beside')]
    await bench.pass(3 * minute, stream, beside)
    await bench.pass(10_000, beside)
    trackedOf(stream).status = 'gapped'
    await bench.pass(minute, beside)
    expect(bench.told.slice(1).filter((line) => line.includes('stale'))).toEqual([])
  })

  test('is one of five at most that are asked for at once', async () => {
    const bench = new SilenceBench()
    const many = Array.from({ length: 8 }, (_, index) => bench.stream('ticker', `t${index}`))
    const beside = bench.stream('book_ticker', 'beside')
    await bench.pass(2 * minute, ...many, beside)
    bench.carrier.outcome = new Promise(() => {})
    await bench.pass(minute, beside)
    expect(bench.carrier.done).toHaveLength(5)
    expect(many.every(({ status }) => status === 'stale')).toBe(true)
  })
})

describe('silence that is not the stream’s', () => {
  test('begins anew while the connection waits for us: a slow handler, a take-over', async () => {
    const { bench, carrier } = await busy('trades')
    carrier.isHeldBack = true
    await bench.pass(10 * minute)
    carrier.isHeldBack = false
    await bench.pass(9_000)
    expect([bench.told, carrier.done]).toEqual([[], []])
    await bench.pass(1_000)
    expect(carrier.done).toEqual(['replace'])
  })

  test('is not held against it when the process slept', async () => {
    const { bench, carrier } = await busy('trades')
    // The clock of a machine that slept jumps, and the timer comes late.
    const { now } = bench.clock
    bench.clock.now = () => now.call(bench.clock) + 8 * hour
    await bench.pass(9_000)
    expect([bench.told, carrier.done]).toEqual([[], []])
  })

  test('is none while it is lost, nor while its book waits for a snapshot', async () => {
    const { bench, stream, beside, carrier } = await busy('orderbook', true)
    trackedOf(stream).status = 'gapped'
    await bench.pass(minute, beside)
    trackedOf(stream).status = 'syncing'
    await bench.pass(minute, beside)
    expect([bench.told, carrier.done]).toEqual([[], []])
  })

  test('is no rhythm where its connection was lost, though that was back before anybody looked', async () => {
    const { bench, stream, beside, carrier } = await busy('trades')
    await bench.pass(8_000)
    bench.watch.beginAnew(carrier)
    await bench.pass(6 * minute, stream, beside)
    await bench.pass(10_000, beside)
    expect(bench.told[0]).toMatch(/where the longest quiet was 1000 ms before/)
  })

  test('is none while its connection is away', async () => {
    const { bench, carrier } = await busy('trades')
    carrier.state = ConnectionState.Reconnecting
    await bench.pass(10 * minute)
    expect([bench.told, carrier.done]).toEqual([[], []])
  })

  test('is an account’s own: it is quiet until something happens', async () => {
    for (const channel of ['orders', 'executions', 'balances'] as const) {
      const bench = new SilenceBench()
      const stream = bench.stream(channel)
      await bench.pass(2 * minute, stream)
      await bench.pass(3 * hour)
      expect([bench.told, bench.carrier.done]).toEqual([[], []])
    }
  })
})

describe('a connection whose streams fall silent together', () => {
  test('is replaced, and none of them is asked for', async () => {
    const { bench, carrier } = await busy('trades')
    await bench.pass(9_000)
    expect(carrier.done).toEqual([])
    await bench.pass(1_000)
    expect(carrier.done).toEqual(['replace'])
    expect(carrier.errors).toMatchObject([
      { code: 'ERR_CONNECTION_SILENT', shortMessage: 'Nothing came on any stream of a connection for 10000 ms.' },
    ])
    expect(bench.watch.counters).toEqual({ streamProbes: 0, silentConnections: 1 })
  })

  test('is replaced where accounts are on it too, and where it carries one busy stream alone', async () => {
    const bench = new SilenceBench()
    const ticker = bench.stream('ticker')
    bench.stream('orders')
    await bench.pass(6 * minute, ticker)
    await bench.pass(10_000)
    expect(bench.carrier.done).toEqual(['replace'])
  })

  test('and is as silent afterwards is one of a quiet exchange: not replaced again for a time that doubles', async () => {
    const { bench, carrier } = await busy('trades')
    const times: number[] = []
    const since = bench.clock.now()
    for (let seconds = 0; seconds < 3 * 3_600; seconds += 1) {
      const before = carrier.done.length
      await bench.pass(1_000)
      if (carrier.done.length > before) times.push(Math.round((bench.clock.now() - since) / minute))
      if (carrier.state === ConnectionState.Reconnecting) carrier.restore()
    }
    expect(times).toEqual([0, 5, 15, 35, 75, 155])
    expect(carrier.done.every((what) => what === 'replace')).toBe(true)
    expect(bench.told[0]).toMatch(
      /^watched stale: nothing came for 10000 ms, .*, and nothing on its connection, which was replaced \d+ ms ago: again in \d+ ms at the earliest$/,
    )
  })

  test('and delivered again is replaced for the next silence as for the first', async () => {
    const { bench, stream, beside, carrier } = await busy('trades')
    for (let times = 1; times <= 3; times += 1) {
      await bench.pass(10_000)
      expect(carrier.done).toHaveLength(times)
      carrier.restore()
      await bench.pass(5 * minute, stream, beside)
    }
  })

  test('is not one that carries a single quiet pair', async () => {
    const bench = new SilenceBench()
    const pair = bench.stream('trades')
    for (let times = 0; times < 60; times += 1) {
      await bench.pass(1_000, pair)
      await bench.pass(29_000)
    }
    await bench.pass(hour)
    expect(bench.carrier.done).toEqual(['probe trades'])
  })

  test('is judged apart from others', async () => {
    const bench = new SilenceBench()
    const other = bench.addCarrier()
    const [one, two] = [bench.stream('ticker', 'one'), bench.stream('ticker', 'two', other)]
    await bench.pass(6 * minute, one, two)
    await bench.pass(minute, two)
    expect([bench.carrier.done, other.done]).toEqual([['replace'], []])
  })
})

describe('the watch', () => {
  test('watches nothing where 0 says so, before it is begun, nor after it is stopped', async () => {
    const off = new SilenceBench({ staleAfterMs: 0 })
    expect(off.clock.pendingTimers).toBe(0)
    const bench = new SilenceBench()
    bench.watch.start()
    expect(bench.clock.pendingTimers).toBe(1)
    bench.stream('ticker')
    bench.watch.stop()
    await bench.pass(hour)
    expect([bench.clock.pendingTimers, bench.told]).toEqual([0, []])
  })

  test('forgets what is not subscribed any more: subscribed again, it has no rhythm yet', async () => {
    const { bench, stream, beside, carrier } = await busy('trades')
    carrier.wanted = [beside]
    await bench.pass(2_000, beside)
    carrier.wanted = [stream, beside]
    await bench.pass(minute, beside)
    expect([bench.told, carrier.done]).toEqual([[], []])
  })
})
