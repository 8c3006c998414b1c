import { describe, expect, test } from 'vitest'
import { streamsById } from '../../../test/support/streams.js'
import { ManualClock } from '../../clock/manual-clock.js'
import { createEnv } from '../../strategy/env.js'
import { SessionStreams } from './session-streams.js'

const stream = streamsById()
const a = stream('a')

/** The streams of a session whose exchange answers what it is told to. */
class Bench {
  /** `3 unsubscribe a` */
  readonly asked: string[] = []
  readonly ended: string[] = []
  readonly streams: SessionStreams
  #lastId = 0

  constructor() {
    this.streams = new SessionStreams({
      strategy: {
        plan: () => [],
        createSubscriptionMessages: (action, streams, { nextRequestId }) => {
          const requestId = nextRequestId()
          this.asked.push(`${requestId} ${action} ${streams.map(({ id }) => id).join(' ')}`)
          return [{ payload: '', action, requestId, wireChannel: 'trades', streams }]
        },
      },
      env: createEnv({ clock: new ManualClock(), random: () => 0 }),
      nextRequestId: () => {
        this.#lastId += 1
        return this.#lastId
      },
      acknowledgementTimeoutMs: 10_000,
      link: { isUp: () => true, send: async () => {}, fail: () => {}, expectAnswers: () => {} },
      tell: () => {},
      onSettled: () => {},
    })
  }

  /** The exchange accepts this request, and what follows from that has happened. */
  async accept(requestId: number): Promise<void> {
    this.streams.onAnswer({
      action: null,
      requestId,
      wireChannel: null,
      accepted: [],
      rejected: [],
      others: 'accepted',
    })
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  resubscribe(name: string): Promise<unknown> {
    return this.streams.resubscribe([a], () => this.ended.push(name))
  }
}

async function subscribed(): Promise<Bench> {
  const bench = new Bench()
  const outcome = bench.streams.subscribe([a])
  await bench.accept(0)
  await bench.accept(1)
  await outcome
  return bench
}

describe('a stream that is started over', () => {
  test('while that is under way is asked for once when it has ended, and both hear of it', async () => {
    const bench = await subscribed()
    const [first, second] = [bench.resubscribe('first'), bench.resubscribe('second')]
    await bench.accept(0)
    await bench.accept(3)
    expect(bench.asked).toEqual(['1 subscribe a', '2 unsubscribe a', '3 unsubscribe a', '4 subscribe a'])
    expect(bench.ended).toEqual(['first', 'second'])
    await bench.accept(4)
    await Promise.all([first, second])
    expect(bench.streams.isActive(a)).toBe(true)
  })

  test('after it was asked for anew, but before that is answered, is ended and asked for again', async () => {
    const bench = await subscribed()
    const first = bench.resubscribe('first')
    await bench.accept(0)
    await bench.accept(2)
    const second = bench.resubscribe('second')
    await bench.accept(0)
    await bench.accept(4)
    expect(bench.asked.slice(1)).toEqual(['2 unsubscribe a', '3 subscribe a', '4 unsubscribe a', '5 subscribe a'])
    await bench.accept(5)
    await Promise.all([first, second])
    expect(bench.ended).toEqual(['first', 'second'])
  })
})
