import { describe, expect, test } from 'vitest'
import { streamsById } from '../../../test/support/streams.js'
import { ManualClock } from '../../clock/manual-clock.js'
import { chooseLogger } from '../../config/logger.js'
import type { Stream } from '../../model/stream.js'
import type { StrategyEnv } from '../../strategy/env.js'
import type {
  OutboundMessage,
  RequestContext,
  SubscriptionAction,
  SubscriptionStrategy,
} from '../../strategy/subscription-strategy.js'
import type { PendingRequest } from './ledger.js'
import { Requests } from './requests.js'

const stream = streamsById()
const [a, b] = [stream('a'), stream('b')]

const messageOf = (action: SubscriptionAction, streams: readonly Stream[], requestId: number): OutboundMessage => ({
  payload: '',
  action,
  requestId,
  wireChannel: 'trades',
  streams,
})

const pending = (message: OutboundMessage): PendingRequest => ({ message, number: 1, open: new Map() })

type Create = SubscriptionStrategy['createSubscriptionMessages']

class Bench {
  readonly clock = new ManualClock()
  readonly unanswered: PendingRequest[] = []
  readonly env: StrategyEnv = {
    signal: new AbortController().signal,
    clock: this.clock,
    random: () => 0,
    log: chooseLogger(undefined),
    report: () => {},
    socket: { handshakeTimeoutMs: 1, maxPayloadBytes: 1, agent: undefined, transport: 'walker' },
  }
  readonly requests: Requests
  #lastId = 0

  constructor(create: Create = (action, streams, { nextRequestId }) => [messageOf(action, streams, nextRequestId())]) {
    this.requests = new Requests({
      strategy: { plan: () => [], createSubscriptionMessages: create },
      env: this.env,
      nextRequestId: () => {
        this.#lastId += 1
        return this.#lastId
      },
      acknowledgementTimeoutMs: 1_000,
      onTimeout: (request) => void this.unanswered.push(request),
    })
  }
}

describe('preparing a request', () => {
  test('gives the messages of the strategy, which is told of the manager’s time, chance and ids', async () => {
    const contexts: RequestContext[] = []
    const { requests, env } = new Bench((action, streams, context) => {
      contexts.push(context)
      return streams.map((one) => messageOf(action, [one], context.nextRequestId()))
    })
    const messages = await requests.prepare('subscribe', [a, b])
    expect(messages.map(({ requestId, streams }) => [requestId, streams])).toEqual([
      [1, [a]],
      [2, [b]],
    ])
    expect(contexts[0]).toMatchObject({ ...env })
    expect(await requests.prepare('unsubscribe', [a])).toMatchObject([{ action: 'unsubscribe', requestId: 3 }])
  })

  test('keeps the order in which it was asked for, though one takes longer to be signed than the next', async () => {
    const signed: (() => void)[] = []
    const { requests } = new Bench(async (action, streams) => {
      await new Promise<void>((resolve) => signed.push(resolve))
      return [messageOf(action, streams, 0)]
    })
    const done: string[] = []
    const first = requests.prepare('subscribe', [a]).then(() => done.push('first'))
    const second = requests.prepare('unsubscribe', [a]).then(() => done.push('second'))
    const third = requests.prepare('subscribe', [b]).then(() => done.push('third'))
    for (const sign of signed.reverse()) sign()
    await Promise.all([first, second, third])
    expect(done).toEqual(['first', 'second', 'third'])
  })

  test('fails as the strategy does, and holds up nobody behind it', async () => {
    const failures = [
      () => {
        throw new Error('thrown')
      },
      async () => {
        throw new Error('rejected')
      },
    ]
    const { requests } = new Bench((action, streams) => failures.shift()?.() ?? [messageOf(action, streams, 0)])
    const thrown = requests.prepare('subscribe', [a])
    const rejected = requests.prepare('subscribe', [a])
    const fine = requests.prepare('subscribe', [a])
    await expect(thrown).rejects.toThrow('thrown')
    await expect(rejected).rejects.toThrow('rejected')
    expect(await fine).toHaveLength(1)
  })

  test('takes a mistake in the strategy’s own code for the adapter’s fault, with the mistake as its cause', async () => {
    const mistake = new TypeError('no list')
    const { requests } = new Bench(() => Promise.reject(mistake))
    await expect(requests.prepare('subscribe', [a])).rejects.toMatchObject({
      code: 'ERR_INVALID_STRATEGY',
      cause: mistake,
    })
  })

  test('takes a stream that no message asks for, for the adapter’s fault', async () => {
    const { requests } = new Bench((action) => [messageOf(action, [b], 0)])
    await expect(requests.prepare('subscribe', [a, b])).rejects.toThrowErrorMatchingInlineSnapshot(`
      [StreamError: No subscription message was made for 1 of 2 streams.  [ERR_INVALID_STRATEGY]
      First: a
      createSubscriptionMessages() must return messages that name each stream once.]
    `)
    const nothing: unknown = undefined
    const { requests: silent } = new Bench(() => nothing as OutboundMessage[])
    await expect(silent.prepare('subscribe', [a])).rejects.toMatchObject({ code: 'ERR_INVALID_STRATEGY' })
  })

  test('takes a message with nothing to send for the adapter’s fault', async () => {
    const { requests } = new Bench((action, streams) => [
      { ...messageOf(action, streams, 1), payload: undefined as unknown as string },
    ])
    await expect(requests.prepare('subscribe', [a])).rejects.toMatchObject({ code: 'ERR_INVALID_STRATEGY' })
  })

  test('tells by its epoch that the transport changed meanwhile, and waits for none of the last one’s', async () => {
    let isStuck = true
    const { requests } = new Bench((action, streams) =>
      isStuck ? new Promise(() => {}) : [messageOf(action, streams, 0)],
    )
    const before = requests.epoch
    void requests.prepare('subscribe', [a])
    requests.startOver()
    isStuck = false
    expect(await requests.prepare('subscribe', [a])).toHaveLength(1)
    expect(requests.epoch).not.toBe(before)
  })
})

describe('the time to answer', () => {
  test('begins when a request went out, and is told once it is over', () => {
    const { requests, clock, unanswered } = new Bench()
    const [first, second] = [pending(messageOf('subscribe', [a], 1)), pending(messageOf('subscribe', [b], 2))]
    requests.startTimer(first)
    clock.advance(400)
    requests.startTimer(second)
    clock.advance(599)
    expect(unanswered).toEqual([])
    clock.advance(1)
    expect(unanswered).toEqual([first])
    clock.advance(400)
    expect([unanswered, clock.pendingTimers]).toEqual([[first, second], 0])
  })

  test('goes on only for the requests that are still awaited', () => {
    const { requests, clock, unanswered } = new Bench()
    const [answered, awaited] = [pending(messageOf('subscribe', [a], 1)), pending(messageOf('subscribe', [b], 2))]
    requests.startTimer(answered)
    requests.startTimer(awaited)
    requests.keepTimers([awaited])
    expect(clock.pendingTimers).toBe(1)
    clock.advance(1_000)
    expect(unanswered).toEqual([awaited])
    requests.startTimer(answered)
    requests.keepTimers([])
    expect(clock.pendingTimers).toBe(0)
  })
})
