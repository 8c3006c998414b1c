import { beforeEach, describe, expect, it } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import type { BookSynchronizer } from './book-synchronizer.js'
import { BookScene, snapshot } from './test-scene.js'
import { contents, settled } from './test-support.js'

let scene: BookScene

beforeEach(() => {
  scene = new BookScene()
})

describe('a snapshot that cannot be had', () => {
  const refused = new StreamError('ERR_REST_FAILED', 'The exchange is tired.')

  it('is tried again with growing delays, then now and then, never given up', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    const delays: (number | null)[] = []
    for (let round = 0; round < 4; round += 1) {
      await scene.snapshots.refuse(refused)
      delays.push(scene.clock.nextTimerInMs)
      scene.clock.advance(scene.clock.nextTimerInMs ?? 0)
    }
    expect(delays).toEqual([300, 300, 30_000, 30_000])
    expect(scene.events.at(-1)).toBe('failure 4, exhausted: The exchange is tired.')
    expect(subject.book.reason).toBe('The exchange is tired.')
    await scene.snapshots.answer(snapshot)
    expect(subject.book.isLive).toBe(true)
  })

  it.each([
    { after: 'a new connection', renew: (subject: BookSynchronizer) => subject.interrupt('connection lost') },
    {
      after: 'a book that was live',
      renew: (subject: BookSynchronizer) => subject.apply(scene.make.whole(100, [99, 1])),
    },
  ])('counts failures from the beginning after $after', async ({ renew }) => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    await scene.snapshots.refuse(refused)
    renew(subject)
    subject.confirm()
    subject.reset('an update was dropped')
    await scene.snapshots.refuse(refused)
    expect(scene.events.at(-1)).toBe('failure 1: The exchange is tired.')
  })

  it('is not asked for again soon where that cannot help', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    await scene.snapshots.refuse(new StreamError('ERR_INVALID_SYMBOL', 'No such pair.'))
    expect(scene.events).toEqual(['failure 1, exhausted: No such pair.'])
    expect(scene.clock.nextTimerInMs).toBe(30_000)
    subject.close('done')
    expect(scene.clock.pendingTimers).toBe(0)
  })

  it('counts as had only with an update id and readable levels', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    await scene.snapshots.answer({ ...snapshot, sequence: Number.NaN })
    scene.clock.advance(300)
    await scene.snapshots.answer({ ...snapshot, bids: [99, -1] })
    expect(scene.events).toEqual([
      'failure 1: The snapshot came without a usable update id.',
      'ERR_BOOK_RULES: The snapshot came without a usable update id.',
      'failure 2: The snapshot holds something that is no price or size.',
    ])
    expect(subject.book.status).toBe('syncing')
  })

  it('is asked for later when a book was lost soon before', async () => {
    const subject = await scene.liveBook()
    subject.reset('an update was dropped')
    expect(scene.snapshots.requests.length).toBe(2)
    await scene.snapshots.answer(snapshot)
    subject.reset('an update was dropped')
    expect(scene.snapshots.requests.length).toBe(2)
    scene.clock.advance(300)
    expect(scene.snapshots.requests.length).toBe(3)
  })
})

describe('what the feed knows', () => {
  it('makes a book gapped at once and fetches anew when an update was dropped', async () => {
    const subject = await scene.liveBook()
    subject.reset('an update was dropped')
    expect(subject.book.status).toBe('gapped')
    await scene.snapshots.answer({ ...snapshot, sequence: 200 })
    expect(subject.book.isLive).toBe(true)
    expect(scene.events).toContain('gap: an update was dropped, expected null, got null')
  })

  it('tells a row of losses as one, and asks for no snapshot before the row has ended', async () => {
    const subject = await scene.liveBook()
    for (let count = 0; count < 100; count += 1) {
      subject.reset('an update could not be read')
      scene.clock.advance(1)
    }
    expect(scene.events.filter((event) => event.startsWith('gap'))).toHaveLength(1)
    expect([subject.book.status, scene.snapshots.requests.length]).toEqual(['gapped', 2])
    scene.clock.advance(60_000)
    expect(scene.snapshots.requests.length).toBe(3)
    await scene.snapshots.answer({ ...snapshot, sequence: 200 })
    expect(subject.book.isLive).toBe(true)
  })

  it('does not trust a snapshot asked for before an update was dropped', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    const [early] = scene.snapshots.requests
    subject.reset('an update was dropped')
    expect(early?.signal.aborted).toBe(true)
    early?.answer(snapshot)
    await settled()
    expect(subject.book.status).toBe('syncing')
  })

  it('waits for the next subscription when the connection is gone', async () => {
    const subject = await scene.liveBook()
    subject.interrupt('connection lost')
    expect(subject.book.status).toBe('gapped')
    subject.reset('an update was dropped')
    expect(scene.snapshots.requests.length).toBe(1)
    subject.interrupt('connection lost again')
    scene.clock.advance(60_000)
    expect([scene.snapshots.requests.length, scene.clock.pendingTimers]).toEqual([1, 0])
    subject.confirm()
    await scene.snapshots.answer({ ...snapshot, sequence: 500 })
    expect(scene.events).toEqual([
      'live -> gapped: connection lost',
      'gapped -> live: in sync',
      'resync after 60000 ms and 1 tries: connection lost',
    ])
  })

  it('keeps nothing of the old connection for the next', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.apply(scene.make.change(101, 101, [99, 5]))
    const [early] = scene.snapshots.requests
    subject.interrupt('connection lost')
    early?.answer(snapshot)
    await settled()
    expect(subject.book.status).toBe('syncing')
    subject.confirm()
    await scene.snapshots.answer({ ...snapshot, sequence: 100 })
    expect(contents(subject.book).bids).toEqual([99, 1, 98, 2])
  })

  it('makes a silent book stale, and the next update live', async () => {
    const subject = await scene.liveBook()
    subject.markStale('silent for 30 s')
    expect([subject.book.status, subject.book.reason]).toEqual(['stale', 'silent for 30 s'])
    subject.apply(scene.make.change(90, 95))
    expect(subject.book.status).toBe('stale')
    subject.apply(scene.make.change(101, 101))
    expect(subject.book.status).toBe('live')
    subject.interrupt('connection lost')
    subject.markStale('silent for 30 s')
    expect(subject.book.status).toBe('gapped')
  })

  it('is over with close: no timer, no request, no live book', async () => {
    const subject = await scene.liveBook()
    subject.reset('an update was dropped')
    subject.close('closed')
    await scene.snapshots.answer(snapshot)
    subject.apply(scene.make.whole(200, [90, 1], [91, 1]))
    subject.confirm()
    subject.reset('again')
    expect([subject.book.status, subject.book.reason, scene.clock.pendingTimers]).toEqual(['gapped', 'closed', 0])
    expect(scene.snapshots.requests.at(-1)?.signal.aborted).toBe(true)
  })

  it.each([
    { event: 'a lost book', provoke: () => scene.make.change(102, 102) },
    { event: 'a crossed book', provoke: () => scene.make.change(101, 101, [103, 1]) },
    { event: 'a crossed whole book', provoke: () => scene.make.whole(101, [103, 1], [101, 1]) },
  ])('may be over from within the event of $event', async ({ provoke }) => {
    const subject = await scene.liveBook()
    scene.onEvent = () => subject.close('closed')
    subject.apply(provoke())
    expect([subject.book.reason, scene.clock.pendingTimers]).toEqual(['closed', 0])
    expect(scene.snapshots.requests.slice(1).every(({ signal }) => signal.aborted)).toBe(true)
  })

  it('may be over from within the event of a crossed snapshot', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    scene.onEvent = () => subject.close('closed')
    await scene.snapshots.answer({ ...snapshot, bids: [103, 1] })
    expect([subject.book.reason, scene.clock.pendingTimers]).toEqual(['closed', 0])
  })
})
