import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../clock/manual-clock.js'
import { StreamError } from '../../errors/stream-error.js'
import { createEnv } from '../../strategy/env.js'
import { RegularLook } from './regular-look.js'

type Answer = readonly string[] | StreamError | 'hangs'

const refused = new StreamError('ERR_AUTHENTICATION_FAILED', 'Who?')
const away = new StreamError('ERR_REST_FAILED', 'Away.')

class Bench {
  readonly clock = new ManualClock()
  /** How long after the one before each look was made, ms. */
  readonly intervals: number[] = []
  readonly found: (readonly string[])[] = []
  readonly refusals: StreamError[] = []
  readonly reported: StreamError[] = []
  readonly look: RegularLook
  #lookedAt = this.clock.now()

  constructor(answers: readonly Answer[], random: () => number = () => 0) {
    let next = 0
    const env = createEnv({ clock: this.clock, random, report: (error) => this.reported.push(error) })
    this.look = new RegularLook({
      env,
      intervalMs: 8_000,
      look: async () => {
        this.intervals.push(this.clock.now() - this.#lookedAt)
        this.#lookedAt = this.clock.now()
        const answer = answers[Math.min(next++, answers.length - 1)] ?? []
        if (answer === 'hangs') return new Promise(() => {})
        if (answer instanceof StreamError) throw answer
        return answer
      },
      onFound: (names) => this.found.push(names),
      onRefused: (error) => this.refusals.push(error),
    })
    this.look.start()
  }

  /** Lets so many looks be made, each answered. */
  async pass(looks: number): Promise<void> {
    while (this.intervals.length < looks) {
      this.clock.advance(this.clock.nextTimerInMs ?? 0)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

describe('a regular look', () => {
  test('is made soon, and then at its interval with up to a quarter more by chance', async () => {
    const [least, most] = [new Bench([[]]), new Bench([[]], () => 0.999)]
    await Promise.all([least.pass(3), most.pass(3)])
    expect([least.intervals, most.intervals]).toEqual([
      [1_000, 8_000, 8_000],
      [1_000, 9_998, 9_998],
    ])
  })

  test('tells what two looks in a row find, the second one soon after the first', async () => {
    const bench = new Bench([[], ['a'], ['a', 'b'], []])
    await bench.pass(4)
    expect([bench.intervals, bench.found]).toEqual([[1_000, 8_000, 1_500, 8_000], [['a']]])
  })

  test('tells nothing of what is found once, though each look finds something new, and is not made more often for it than every second time', async () => {
    const bench = new Bench([['a'], ['b'], ['c'], ['d'], ['e']])
    await bench.pass(5)
    expect([bench.intervals, bench.found]).toEqual([[1_000, 1_500, 8_000, 1_500, 8_000], []])
  })

  test('that fails proves nothing, whatever was found before, and is made later and later', async () => {
    const bench = new Bench([[], ['a'], away])
    await bench.pass(8)
    expect([bench.intervals, bench.found, bench.refusals]).toEqual([
      [1_000, 8_000, 1_500, 8_000, 16_000, 32_000, 60_000, 60_000],
      [],
      [],
    ])
  })

  test('is not made again before the time that the exchange says', async () => {
    const tooFast = new StreamError('ERR_RATE_LIMITED', 'Too fast.', { retryAfterMs: 300_000 })
    const bench = new Bench([[], tooFast, []])
    await bench.pass(4)
    expect(bench.intervals).toEqual([1_000, 8_000, 300_000, 8_000])
  })

  test('is given up after 4 s, which proves nothing either', async () => {
    const bench = new Bench([[], ['a'], 'hangs', ['a']])
    await bench.pass(4)
    expect([bench.intervals, bench.found]).toEqual([[1_000, 8_000, 1_500, 12_000], [['a']]])
  })

  test('is told to have failed three times in a row, once until one succeeds', async () => {
    const bench = new Bench([away, away, [], away, away, away, away, [], away, away, away])
    await bench.pass(5)
    expect(bench.reported).toEqual([])
    await bench.pass(12)
    expect(bench.reported).toEqual([away, away])
  })

  test('that is refused for who we are twice in a row says so, where it was not before', async () => {
    const bench = new Bench([[], refused, [], refused, refused])
    await bench.pass(5)
    expect([bench.intervals, bench.refusals]).toEqual([[1_000, 8_000, 1_500, 8_000, 1_500], [refused]])
  })

  test('that is refused from the beginning says nothing of the streams: the key may not look', async () => {
    const bench = new Bench([refused])
    await bench.pass(5)
    expect([bench.refusals, bench.reported]).toEqual([[], [refused]])
  })

  test('is made no more once it is stopped, and one under way means nothing', async () => {
    const bench = new Bench([['a'], 'hangs'])
    await bench.pass(2)
    bench.look.stop()
    await new Promise((resolve) => setImmediate(resolve))
    expect([bench.clock.pendingTimers, bench.found, bench.intervals.length]).toEqual([0, [], 2])
  })

  test('out of turn is made at once, and over when its answer is there; the next follows at its interval', async () => {
    const bench = new Bench([[]])
    await bench.look.lookNow()
    await bench.pass(2)
    expect(bench.intervals).toEqual([0, 8_000])
  })

  test('out of turn that finds something is over once the second has told it', async () => {
    const bench = new Bench([['a']])
    const looked = bench.look.lookNow().then(() => [...bench.found])
    await new Promise((resolve) => setImmediate(resolve))
    await bench.pass(2)
    expect([await looked, bench.intervals]).toEqual([[['a']], [0, 1_500]])
  })

  test('out of turn is not made before a second one that is due: what is on its way has the time to arrive', async () => {
    const bench = new Bench([['a']])
    await bench.pass(1)
    const looked = bench.look.lookNow()
    await bench.pass(2)
    await looked
    expect([bench.found, bench.intervals]).toEqual([[['a']], [1_000, 1_500]])
  })

  test('out of turn tells nothing where it fails, is stopped, or the exchange has asked for a pause', async () => {
    const later = new StreamError('ERR_RATE_LIMITED', 'Later.', { retryAfterMs: 90_000 })
    const bench = new Bench([later])
    await bench.look.lookNow()
    await bench.look.lookNow()
    const hanging = new Bench(['hangs'])
    const looked = hanging.look.lookNow()
    hanging.look.stop()
    await looked
    await hanging.look.lookNow()
    expect([bench.intervals, hanging.intervals, hanging.clock.pendingTimers]).toEqual([[0], [0], 0])
  })
})
