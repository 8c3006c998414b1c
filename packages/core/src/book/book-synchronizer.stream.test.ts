import { beforeEach, describe, expect, it } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import { adjacentRanges, type BookRules, orderOfArrival } from '../strategy/book-rules.js'
import type { BookSynchronizer } from './book-synchronizer.js'
import { BookScene, retry } from './test-scene.js'
import { contents, settled } from './test-support.js'

let scene: BookScene

beforeEach(() => {
  scene = new BookScene()
})

describe('a book whose snapshot comes in the stream', () => {
  function streamBook(): BookSynchronizer {
    const rules: BookRules = {
      source: 'stream',
      depth: 50,
      continuity: adjacentRanges,
      snapshotTimeoutMs: 10_000,
      audit: null,
      retry,
    }
    return scene.synchronizer(rules)
  }

  it('is live with it, even before the confirmation', () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.confirm()
    expect([subject.book.isLive, scene.clock.pendingTimers]).toEqual([true, 0])
  })

  it('advances with updates that carry nothing but ids', () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(101, 140))
    subject.apply(scene.make.change(141, 141, [99, 0, 98, 1]))
    expect([subject.book.isLive, subject.book.sequence, contents(subject.book).bids]).toEqual([true, 141, [98, 1]])
  })

  it('subscribes again after a gap and drops what comes before the next snapshot', () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(102, 102, [99, 5]))
    expect([subject.book.status, scene.resubscriptions.length]).toEqual(['gapped', 1])
    subject.apply(scene.make.change(103, 103, [99, 6]))
    subject.apply(scene.make.change(107, 107, [99, 6]))
    expect(scene.events.filter((event) => event.startsWith('gap'))).toEqual([
      'gap: an update is missing, expected 101, got 102',
    ])
    scene.resubscriptions[0]?.end()
    subject.apply(scene.make.whole(200, [90, 1], [91, 1]))
    subject.apply(scene.make.change(201, 201, [89, 1]))
    expect([subject.book.isLive, contents(subject.book).bids]).toEqual([true, [90, 1, 89, 1]])
    expect(scene.clock.pendingTimers).toBe(0)
  })

  it('takes no snapshot of the subscription that is being ended, which brings nothing after it', async () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(102, 102))
    subject.apply(scene.make.whole(110, [99, 1], [101, 1]))
    expect(subject.book.status).toBe('gapped')
    const late = scene.make.whole(111, [99, 1], [101, 1])
    scene.clock.advance(1)
    scene.resubscriptions[0]?.end()
    subject.apply(late)
    expect(subject.book.status).toBe('gapped')
    subject.apply(scene.make.whole(120, [99, 1], [101, 1]))
    expect(subject.book.isLive).toBe(true)
  })

  it('takes the snapshot of a subscription that goes on because ending it failed', async () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(102, 102))
    scene.resubscriptions[0]?.reject(new StreamError('ERR_ACKNOWLEDGEMENT_TIMEOUT', 'No answer.'))
    await settled()
    subject.apply(scene.make.whole(110, [99, 1], [101, 1]))
    expect(subject.book.isLive).toBe(true)
  })

  it('is replaced by a whole book at any time', () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.whole(100, [98, 1], [101, 1]))
    expect(contents(subject.book).bids).toEqual([98, 1])
    expect(scene.events).toEqual(['syncing -> live: in sync'])
  })

  it('subscribes again when no snapshot comes', () => {
    const subject = streamBook()
    subject.confirm()
    scene.clock.advance(10_000)
    expect(scene.events).toEqual(['failure 1: No snapshot came within 10000 ms of the subscription.'])
    expect([subject.book.status, scene.resubscriptions.length]).toEqual(['syncing', 0])
    scene.clock.advance(300)
    expect(scene.resubscriptions.length).toBe(1)
    scene.clock.advance(10_300)
    expect(scene.resubscriptions.length).toBe(2)
  })

  it('is gapped when the exchange refuses the new subscription, though a snapshot came meanwhile', async () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(102, 102))
    scene.resubscriptions[0]?.end()
    subject.apply(scene.make.whole(103, [99, 1], [101, 1]))
    expect(subject.book.isLive).toBe(true)
    scene.resubscriptions[0]?.reject(new StreamError('ERR_CONNECTION_CLOSED', 'Gone.'))
    await settled()
    expect([subject.book.status, subject.book.reason]).toEqual(['gapped', 'Gone.'])
    scene.clock.advance(600)
    expect(scene.resubscriptions.length).toBe(2)
  })

  it('tries again, once, when the exchange refuses the new subscription', async () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(102, 102))
    scene.resubscriptions[0]?.reject(new StreamError('ERR_CONNECTION_CLOSED', 'Gone.'))
    await settled()
    expect([scene.clock.pendingTimers, scene.clock.nextTimerInMs]).toEqual([1, 300])
  })

  it('tries again soon though the refusal is one that is not asked again otherwise: the stream was there before', async () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(102, 102))
    const refusal = new StreamError('ERR_SUBSCRIPTION_REJECTED', 'No.')
    expect(refusal.retryable).toBe(false)
    scene.resubscriptions[0]?.reject(refusal)
    await settled()
    expect(scene.events.at(-1)).toBe('failure 1: No.')
    scene.clock.advance(300)
    expect(scene.resubscriptions.length).toBe(2)
  })

  it('subscribes again with the first update whose id is from before all that came: ids start over', () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(101, 101))
    subject.apply(scene.make.change(1, 1))
    expect([subject.book.reason, scene.resubscriptions.length]).toEqual(['the update ids started over', 1])
    scene.resubscriptions[0]?.end()
    subject.apply(scene.make.whole(2, [90, 1], [91, 1]))
    subject.apply(scene.make.change(3, 3))
    expect([subject.book.isLive, subject.book.sequence]).toEqual([true, 3])
  })

  it('leaves a refusal alone that came for the old connection', async () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(102, 102))
    subject.interrupt('connection lost')
    scene.resubscriptions[0]?.reject(new StreamError('ERR_CONNECTION_CLOSED', 'Gone.'))
    await settled()
    expect([scene.clock.pendingTimers, subject.book.reason]).toEqual([0, 'connection lost'])
  })

  it('is not held back by a snapshot without an update id', () => {
    const subject = streamBook()
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.whole(null, [90, 1], [91, 1]))
    expect([subject.book.status, subject.book.bidPrice(0)]).toEqual(['gapped', 99])
  })
})

describe('a book whose updates follow on by their order of arrival', () => {
  const rules: BookRules = {
    source: 'stream',
    depth: 50,
    continuity: orderOfArrival,
    snapshotTimeoutMs: 10_000,
    audit: null,
    retry,
  }

  function liveBook(): BookSynchronizer {
    const subject = scene.synchronizer(rules)
    subject.confirm()
    subject.apply(scene.make.whole(null, [99, 1], [101, 1]))
    scene.events.length = 0
    return subject
  }

  it('is live with the snapshot, and takes each change as it comes', () => {
    const subject = liveBook()
    expect([subject.book.isLive, scene.clock.pendingTimers]).toEqual([true, 0])
    subject.apply(scene.make.change(null, null, [99, 0, 98, 2]))
    subject.apply(scene.make.change(null, null, [], [101, 3]))
    expect(contents(subject.book)).toEqual({ bids: [98, 2], asks: [101, 3] })
    expect([subject.book.isLive, subject.book.receivedAt, scene.events]).toEqual([true, scene.clock.now(), []])
  })

  it('has no sequence, and nothing to say of the changes since one', () => {
    const subject = liveBook()
    subject.apply(scene.make.change(null, null, [99, 5]))
    expect([subject.book.sequence, subject.book.changesSince(0), subject.book.changesSince(Number.NaN)]).toEqual([
      null,
      null,
      null,
    ])
  })

  it('looks at no ids, where there are some', () => {
    const subject = scene.synchronizer(rules)
    subject.apply(scene.make.whole(7, [99, 1], [101, 1]))
    subject.apply(scene.make.change(90, 95, [99, 2]))
    subject.apply(scene.make.whole(3, [98, 1], [101, 1]))
    subject.apply(scene.make.change(1, 1, [98, 2]))
    expect([subject.book.isLive, subject.book.sequence, contents(subject.book).bids]).toEqual([true, null, [98, 2]])
  })

  it('takes no change before its snapshot', () => {
    const subject = scene.synchronizer(rules)
    subject.apply(scene.make.change(null, null, [99, 7]))
    expect(subject.book.status).toBe('syncing')
    subject.apply(scene.make.whole(null, [99, 1], [101, 1]))
    expect(contents(subject.book).bids).toEqual([99, 1])
  })

  it.each(['an update was dropped', 'an update could not be read'])(
    'starts over by a new subscription when %s',
    (reason) => {
      const subject = liveBook()
      subject.reset(reason)
      expect([subject.book.status, scene.resubscriptions.length]).toEqual(['gapped', 1])
      subject.apply(scene.make.change(null, null, [99, 5]))
      subject.apply(scene.make.whole(null, [97, 5], [101, 1]))
      expect(subject.book.status).toBe('gapped')
      scene.resubscriptions[0]?.end()
      subject.apply(scene.make.whole(null, [98, 1], [101, 1]))
      expect([subject.book.isLive, contents(subject.book).bids]).toEqual([true, [98, 1]])
    },
  )

  it('starts over with the next connection when this one is lost', () => {
    const subject = liveBook()
    subject.interrupt('connection lost')
    expect([subject.book.status, scene.resubscriptions.length]).toEqual(['gapped', 0])
    subject.apply(scene.make.change(null, null, [99, 5]))
    expect(subject.book.status).toBe('gapped')
    subject.apply(scene.make.whole(null, [98, 1], [101, 1]))
    expect([subject.book.isLive, contents(subject.book).bids]).toEqual([true, [98, 1]])
  })

  it('takes a snapshot without levels and without an id for none', () => {
    const subject = scene.synchronizer(rules)
    subject.confirm()
    subject.apply(scene.make.whole(null))
    expect([subject.book.status, scene.resubscriptions.length, scene.events]).toEqual(['syncing', 0, []])
    subject.apply(scene.make.whole(null, [99, 1], [101, 1]))
    subject.apply(scene.make.whole(null))
    expect([subject.book.status, subject.book.bidCount, scene.resubscriptions.length]).toEqual(['gapped', 1, 1])
  })
})

describe('a book that is sent whole each time', () => {
  const rules: BookRules = { source: 'replace', depth: null }

  it('is what came last, older ones left aside', () => {
    const subject = scene.synchronizer(rules)
    subject.confirm()
    expect(subject.book.status).toBe('syncing')
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.whole(102, [98, 1], [101, 1]))
    subject.apply(scene.make.whole(101, [97, 1], [101, 1]))
    expect([subject.book.isLive, subject.book.sequence, contents(subject.book).bids]).toEqual([true, 102, [98, 1]])
  })

  it('is gapped by the first one whose id is from before all others, and live with the next: ids start over', () => {
    const subject = scene.synchronizer(rules)
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.whole(102, [98, 1], [101, 1]))
    subject.apply(scene.make.whole(1, [97, 1], [101, 1]))
    expect([subject.book.status, subject.book.reason]).toEqual(['gapped', 'the update ids started over'])
    subject.apply(scene.make.whole(2, [96, 1], [101, 1]))
    expect([subject.book.isLive, subject.book.sequence, subject.book.bidPrice(0)]).toEqual([true, 2, 96])
  })

  it('needs no update id', () => {
    const subject = scene.synchronizer(rules)
    subject.apply(scene.make.whole(null, [99, 1], [101, 1]))
    subject.apply(scene.make.whole(null, [98, 1], [101, 1]))
    expect([subject.book.isLive, subject.book.sequence, subject.book.bidPrice(0)]).toEqual([true, null, 98])
  })

  it('takes a message without levels and without an id for none', () => {
    const subject = scene.synchronizer(rules)
    subject.apply(scene.make.whole(null))
    expect(subject.book.status).toBe('syncing')
    subject.apply(scene.make.whole(null, [99, 1], [101, 1]))
    subject.apply(scene.make.whole(null))
    expect([subject.book.status, subject.book.bidCount]).toEqual(['gapped', 1])
    subject.apply(scene.make.whole(8))
    expect([subject.book.isLive, subject.book.bidCount]).toEqual([true, 0])
  })

  it('is healed by the next message, with nothing to ask for', () => {
    const subject = scene.synchronizer(rules)
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.reset('an update was dropped')
    expect([subject.book.status, scene.clock.pendingTimers, scene.snapshots.requests.length]).toEqual(['gapped', 0, 0])
    subject.apply(scene.make.whole(101, [99, 1], [101, 1]))
    expect(subject.book.isLive).toBe(true)
  })

  it('does not take a change', () => {
    const subject = scene.synchronizer(rules)
    subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
    subject.apply(scene.make.change(101, 101, [99, 5]))
    expect([subject.book.status, subject.book.bidSize(0)]).toEqual(['gapped', 1])
  })
})
