import { describe, expect, test } from 'vitest'
import { streamsById } from '../../../test/support/streams.js'
import { StreamError } from '../../errors/stream-error.js'
import type { SubscriptionAction } from '../../strategy/subscription-strategy.js'
import type { RefusedStream, Settlement } from './ledger.js'
import { type SubscriptionWait, SubscriptionWaits } from './waits.js'

const stream = streamsById()
const [a, b, c] = [stream('a'), stream('b'), stream('c')]

const refusedOf = (id: string): RefusedStream => ({
  stream: stream(id),
  refusal: { streamId: id, exchangeCode: '7', reason: 'no such pair' },
})
const refusing = (...ids: string[]): Pick<Settlement, 'action' | 'refused'> => ({
  action: 'subscribe',
  refused: ids.map(refusedOf),
})

/** How a wait stands: `open`, `done`, or the code it failed with. */
async function standing({ promise }: SubscriptionWait): Promise<string> {
  const open = new Promise<string>((resolve) => setImmediate(() => resolve('open')))
  return Promise.race([
    promise.then(
      () => 'done',
      ({ code }: StreamError) => code,
    ),
    open,
  ])
}

function begun(action: SubscriptionAction = 'subscribe'): { waits: SubscriptionWaits; wait: SubscriptionWait } {
  const waits = new SubscriptionWaits()
  return { waits, wait: waits.begin(action, [a, b]) }
}

describe('somebody who waits for streams', () => {
  test('has nothing to wait for where there are none', async () => {
    expect(await new SubscriptionWaits().begin('subscribe', []).promise).toEqual({ refused: [], unanswered: [] })
  })

  test('is done once each was answered, in however many answers, and is told which were refused or not answered', async () => {
    const waits = new SubscriptionWaits()
    const wait = waits.begin('subscribe', [a, b, c])
    waits.accept('subscribe', [a])
    waits.accept('subscribe', [a])
    waits.refuse(refusing('b'), true, null)
    expect(await standing(wait)).toBe('open')
    waits.refuse(refusing('c'), false, null)
    expect(await wait.promise).toEqual({ refused: [refusedOf('b')], unanswered: [refusedOf('c')] })
  })

  test('waits beside others for the same, and is told as they are', async () => {
    const { waits, wait } = begun()
    const other = waits.begin('subscribe', [b])
    waits.accept('subscribe', [b])
    expect([await standing(wait), await standing(other)]).toEqual(['open', 'done'])
    waits.accept('subscribe', [a])
    expect(await standing(wait)).toBe('done')
  })

  test('does not take one action for the other', async () => {
    const { waits, wait } = begun('unsubscribe')
    waits.accept('subscribe', [a, b])
    expect(waits.refuse(refusing('a', 'b'), true, null)).toHaveLength(2)
    expect(await standing(wait)).toBe('open')
    waits.accept('unsubscribe', [a, b])
    expect(await standing(wait)).toBe('done')
  })

  test('has an unsubscription that the end of the connection answers, and no subscription', async () => {
    const { waits, wait } = begun('unsubscribe')
    const subscribing = waits.begin('subscribe', [a])
    waits.acceptUnsubscribes()
    expect([await standing(wait), await standing(subscribing)]).toEqual(['done', 'open'])
  })

  test('fails for what fails one of its streams, and nobody else does', async () => {
    const { waits, wait } = begun()
    const other = waits.begin('subscribe', [c])
    const unsubscribing = waits.begin('unsubscribe', [a])
    waits.fail('subscribe', new StreamError('ERR_SIGNING_FAILED', 'no signature'), [a])
    expect([await standing(wait), await standing(other), await standing(unsubscribing)]).toEqual([
      'ERR_SIGNING_FAILED',
      'open',
      'open',
    ])
    waits.fail('subscribe', new StreamError('ERR_CLOSED', 'closed'))
    expect([await standing(wait), await standing(other)]).toEqual(['ERR_SIGNING_FAILED', 'ERR_CLOSED'])
  })
})

describe('a refusal', () => {
  test('is given back where nobody waits for its stream', () => {
    const { waits } = begun()
    expect(waits.refuse(refusing('a', 'c'), true, null)).toEqual([refusedOf('c')])
    expect(waits.refuse(refusing('a'), true, null)).toEqual([refusedOf('a')])
  })

  test('is given back too where only the one who does not speak for anybody waits for it, and ends that wait', async () => {
    const waits = new SubscriptionWaits()
    const silent = waits.begin('subscribe', [a])
    expect(waits.refuse(refusing('a'), true, silent)).toEqual([refusedOf('a')])
    expect(await silent.promise).toMatchObject({ refused: [refusedOf('a')] })
    const both = waits.begin('subscribe', [a])
    waits.begin('subscribe', [a])
    expect(waits.refuse(refusing('a'), true, both)).toEqual([])
  })
})
