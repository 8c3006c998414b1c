import { beforeEach, describe, expect, it } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import { BookScene, snapshot } from './test-scene.js'
import { contents } from './test-support.js'

let scene: BookScene

beforeEach(() => {
  scene = new BookScene()
})

describe('a book whose snapshot comes from REST', () => {
  it('asks for it once the subscription is confirmed, and not before', () => {
    const subject = scene.synchronizer(scene.restRules())
    expect(scene.snapshots.requests.length).toBe(0)
    expect([subject.book.status, subject.book.reason]).toEqual(['syncing', 'waiting for the subscription'])
    subject.confirm()
    subject.confirm()
    expect(scene.snapshots.requests.length).toBe(1)
    expect([subject.book.status, subject.book.reason]).toEqual(['syncing', 'waiting for the snapshot'])
  })

  it('takes the first update for a confirmation', () => {
    scene.synchronizer(scene.restRules()).apply(scene.make.change(101, 101))
    expect(scene.snapshots.requests.length).toBe(1)
  })

  it('is live with the snapshot, without waiting for an update', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    await scene.snapshots.answer(snapshot)
    expect(subject.book.isLive).toBe(true)
    expect([subject.book.sequence, subject.book.exchangeTime, subject.book.receivedAt]).toEqual([
      100,
      5,
      scene.clock.now(),
    ])
    expect(scene.events).toEqual(['syncing -> live: in sync'])
  })

  it('leaves a request alone that was answered', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    const [request] = scene.snapshots.requests
    await scene.snapshots.answer(snapshot)
    expect([subject.book.isLive, request?.signal.aborted]).toEqual([true, false])
  })

  it('applies the buffered updates that follow, the one that holds the snapshot included', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    subject.apply(scene.make.change(90, 96, [99, 9]))
    subject.apply(scene.make.change(97, 104, [99, 7], [101, 0]))
    subject.apply(scene.make.change(105, 105, [], [101.5, 3]))
    const { exchangeTime } = scene.make.change(105, 105)
    scene.clock.advance(100)
    await scene.snapshots.answer(snapshot)
    expect([subject.book.sequence, subject.book.exchangeTime]).toEqual([105, exchangeTime])
    expect(contents(subject.book)).toEqual({ bids: [99, 7, 98, 2], asks: [101.5, 3, 102, 2] })
  })

  it('takes two spellings of a price for the same level', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.apply(
      scene.make.change(80_000_000_011, 80_000_000_014, [Number('87499.9'), 1.2], [Number('87501.5'), 0.75, 87502, 0]),
    )
    const [bids, asks] = [
      [Number('87499.90'), 1, 87499, 3],
      [Number('87501.50'), 0.5, 87502, 2],
    ]
    await scene.snapshots.answer({ bids, asks, sequence: 80_000_000_012, exchangeTime: null })
    expect(contents(subject.book)).toEqual({ bids: [87499.9, 1.2, 87499, 3], asks: [87501.5, 0.75] })
    subject.apply(scene.make.change(80_000_000_016, 80_000_000_016))
    expect(subject.book.status).toBe('gapped')
  })

  it('tries again while the snapshot is older than what is buffered, and goes on buffering', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.apply(scene.make.change(105, 106))
    await scene.snapshots.answer(snapshot)
    expect(subject.book.status).toBe('syncing')
    expect(scene.events).toEqual(['failure 1: The snapshot is older than the updates that wait for it.'])
    subject.apply(scene.make.change(107, 107, [97, 7]))
    scene.clock.advance(299)
    expect(scene.snapshots.requests.length).toBe(1)
    scene.clock.advance(1)
    expect(scene.snapshots.requests.length).toBe(2)
    await scene.snapshots.answer({ ...snapshot, sequence: 105 })
    expect([subject.book.isLive, subject.book.sequence]).toEqual([true, 107])
    expect(contents(subject.book).bids).toEqual([99, 1, 98, 2, 97, 7])
  })

  it('drops a first update that is a whole book in disguise and older than the snapshot', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.apply(scene.make.change(95, 95, [99, 5, 98, 5, 97, 5], [101, 5, 102, 5, 103, 5]))
    await scene.snapshots.answer(snapshot)
    subject.apply(scene.make.change(96, 101, [99, 6]))
    expect(contents(subject.book)).toEqual({ bids: [99, 6, 98, 2], asks: [101, 1, 102, 2] })
  })

  it('is gapped within the message that shows a hole, and live again after a new snapshot', async () => {
    const subject = await scene.liveBook()
    scene.clock.advance(20_000)
    subject.apply(scene.make.change(101, 101, [99, 3]))
    subject.apply(scene.make.change(103, 104, [99, 4]))
    expect(subject.book.status).toBe('gapped')
    expect(() => subject.book.requireLive()).toThrow('[ERR_BOOK_NOT_LIVE]')
    expect(contents(subject.book).bids).toEqual([99, 3, 98, 2])
    expect(scene.snapshots.requests.length).toBe(2)
    scene.clock.advance(40)
    await scene.snapshots.answer({ ...snapshot, sequence: 102 })
    expect(contents(subject.book).bids).toEqual([99, 4, 98, 2])
    expect(scene.events).toEqual([
      'live -> gapped: an update is missing',
      'gap: an update is missing, expected 102, got 103',
      'gapped -> live: in sync',
      'resync after 40 ms and 1 tries: an update is missing',
    ])
  })

  it('is replaced by a whole book that comes unasked', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.whole(150, [90, 1], [91, 1]))
    subject.apply(scene.make.change(151, 151, [90, 2]))
    expect(contents(subject.book)).toEqual({ bids: [90, 2], asks: [91, 1] })
    expect(subject.book.sequence).toBe(151)
  })

  it('needs no REST snapshot any more once a whole book came', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.apply(scene.make.change(150, 152))
    subject.apply(scene.make.whole(151, [90, 1], [91, 1]))
    expect([subject.book.isLive, subject.book.sequence]).toEqual([true, 152])
    expect(scene.snapshots.requests[0]?.signal.aborted).toBe(true)
    await scene.snapshots.answer(snapshot)
    expect(subject.book.sequence).toBe(152)
  })

  it('trims what the stream does not maintain', async () => {
    const subject = scene.synchronizer(scene.restRules(2))
    subject.confirm()
    await scene.snapshots.answer(snapshot)
    subject.apply(scene.make.change(101, 101, [99.5, 1]))
    expect(contents(subject.book).bids).toEqual([99.5, 1, 99, 1])
  })

  it('takes updates it already has for what they are', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(90, 100, [99, 8]))
    subject.apply(scene.make.whole(99, [90, 1], [91, 1]))
    expect(contents(subject.book).bids).toEqual([99, 1, 98, 2])
    expect(subject.book.isLive).toBe(true)
  })

  it('is gapped by the first update whose id is from before all that the subscription brought: ids start over', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 105, [99, 3]))
    subject.apply(scene.make.change(1, 2, [99, 4]))
    expect(scene.events).toEqual([
      'live -> gapped: the update ids started over',
      'gap: the update ids started over, expected 106, got 1',
    ])
    await scene.snapshots.answer({ ...snapshot, sequence: 1 })
    expect([subject.book.isLive, subject.book.sequence, subject.book.bidSize(0)]).toEqual([true, 2, 4])
  })

  it('takes no snapshot of the ids that were before they started over, though all that comes is older', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 105))
    subject.apply(scene.make.change(1, 2, [99, 4]))
    await scene.snapshots.answer({ ...snapshot, sequence: 104 })
    expect(scene.events.at(-1)).toBe('failure 1: The snapshot is older than what the book already had.')
    expect(subject.book.status).toBe('gapped')
    scene.clock.advance(300)
    await scene.snapshots.answer({ ...snapshot, sequence: 5 })
    subject.apply(scene.make.change(3, 6, [99, 5]))
    expect([subject.book.isLive, subject.book.sequence, subject.book.bidSize(0)]).toEqual([true, 6, 5])
  })

  it('lets go at once of updates that wait when the ids start over', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.apply(scene.make.change(101, 101))
    subject.apply(scene.make.change(1, 1, [99, 7]))
    await scene.snapshots.answer({ ...snapshot, sequence: 1 })
    subject.apply(scene.make.change(2, 2, [99, 8]))
    expect([subject.book.isLive, subject.book.sequence, subject.book.bidSize(0)]).toEqual([true, 2, 8])
  })

  it('takes updates for old that come again, and those that a snapshot was ahead of', async () => {
    const subject = await scene.liveBook()
    for (const [first, last] of [
      [90, 95],
      [96, 100],
      [101, 104],
      [96, 100],
      [101, 104],
      [105, 105],
    ] as const) {
      subject.apply(scene.make.change(first, last))
    }
    expect([subject.book.isLive, subject.book.sequence, scene.events]).toEqual([true, 105, []])
  })

  it('takes old updates of the next connection for no new beginning: another server may lag', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 105))
    subject.interrupt('connection lost')
    scene.events.length = 0
    subject.apply(scene.make.change(99, 103))
    subject.apply(scene.make.change(104, 106))
    await scene.snapshots.answer({ ...snapshot, sequence: 103 })
    expect(scene.events.filter((event) => event.startsWith('gap:'))).toEqual([])
    expect([subject.book.isLive, subject.book.sequence]).toEqual([true, 106])
  })

  it('makes no book of a snapshot without levels, however often it comes', async () => {
    const subject = await scene.liveBook()
    subject.interrupt('connection lost')
    subject.confirm()
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await scene.snapshots.answer({ ...snapshot, bids: [], asks: [], sequence: 200 })
      expect(scene.events.at(-1)).toContain('The snapshot has no levels.')
      expect([subject.book.status, subject.book.bidCount]).toEqual(['gapped', 2])
      scene.clock.advance(scene.clock.nextTimerInMs ?? 0)
    }
    await scene.snapshots.answer({ ...snapshot, asks: [], sequence: 200 })
    expect([subject.book.isLive, subject.book.askCount]).toEqual([true, 0])
  })

  it('starts over when nothing but old updates comes: the exchange counts anew', async () => {
    const subject = await scene.liveBook()
    for (let id = 1; id <= 6; id += 1) {
      subject.apply(scene.make.change(id, id))
      scene.clock.advance(1_000)
    }
    expect(subject.book.reason).toBe('only updates older than the book came for 5000 ms')
    subject.apply(scene.make.change(7, 7, [99, 7]))
    await scene.snapshots.answer({ ...snapshot, sequence: 6 })
    expect([subject.book.isLive, subject.book.sequence, subject.book.bidSize(0)]).toEqual([true, 7, 7])
  })

  it('asks for a snapshot again no sooner than the exchange said', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    await scene.snapshots.refuse(new StreamError('ERR_REST_FAILED', 'Not now.', { retryAfterMs: 90_000 }))
    scene.clock.advance(89_999)
    expect(scene.snapshots.requests.length).toBe(1)
    scene.clock.advance(1)
    expect(scene.snapshots.requests.length).toBe(2)
  })

  it('takes no snapshot from before it was lost, however long ago that was', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 105, [99, 3]))
    subject.interrupt('connection lost')
    scene.clock.advance(3_600_000)
    subject.confirm()
    await scene.snapshots.answer({ ...snapshot, sequence: 104 })
    expect(scene.events.at(-1)).toBe('failure 1: The snapshot is older than what the book already had.')
    expect(subject.book.status).toBe('gapped')
    scene.clock.advance(300)
    await scene.snapshots.answer({ ...snapshot, sequence: 105 })
    expect(subject.book.isLive).toBe(true)
  })

  it('takes an older snapshot with the updates that lead to where it was', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 105, [99, 3]))
    subject.reset('an update was dropped')
    subject.apply(scene.make.change(103, 106, [99, 4]))
    await scene.snapshots.answer({ ...snapshot, sequence: 103 })
    expect([subject.book.isLive, subject.book.sequence]).toEqual([true, 106])
  })

  it('takes no whole book from before it was lost', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 105))
    subject.reset('an update was dropped')
    subject.apply(scene.make.whole(104, [90, 1], [91, 1]))
    expect(subject.book.status).toBe('gapped')
    subject.apply(scene.make.whole(105, [90, 1], [91, 1]))
    expect(subject.book.isLive).toBe(true)
  })

  it('takes older snapshots where older updates show for 5 s that the exchange counts anew', async () => {
    const subject = await scene.liveBook()
    subject.interrupt('connection lost')
    for (let id = 1; id <= 7; id += 1) {
      subject.apply(scene.make.change(id, id, [99, id]))
      scene.clock.advance(1_000)
    }
    await scene.snapshots.answer({ ...snapshot, sequence: 6 })
    expect([subject.book.isLive, subject.book.sequence, subject.book.bidSize(0)]).toEqual([true, 7, 7])
  })

  it('takes older snapshots of a quiet exchange that counts anew, once a whole row of them was refused', async () => {
    const subject = await scene.liveBook()
    subject.interrupt('connection lost')
    subject.confirm()
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await scene.snapshots.answer({ ...snapshot, sequence: 3 })
      expect(subject.book.status).toBe('gapped')
      scene.clock.advance(scene.clock.nextTimerInMs ?? 0)
    }
    await scene.snapshots.answer({ ...snapshot, sequence: 3 })
    expect([subject.book.isLive, subject.book.sequence]).toEqual([true, 3])
  })

  it('lets go of updates that wait when nothing but older ones comes any more', async () => {
    const subject = scene.synchronizer(scene.restRules())
    subject.apply(scene.make.change(101, 101))
    for (let id = 1; id <= 7; id += 1) {
      subject.apply(scene.make.change(id, id, [99, id]))
      scene.clock.advance(1_000)
    }
    await scene.snapshots.answer({ ...snapshot, sequence: 6 })
    expect([subject.book.isLive, subject.book.sequence, subject.book.bidSize(0)]).toEqual([true, 7, 7])
  })

  it('does not mind old updates among new ones', async () => {
    const subject = await scene.liveBook()
    for (let id = 101; id <= 120; id += 1) {
      subject.apply(scene.make.change(id, id))
      scene.clock.advance(1_000)
      subject.apply(scene.make.change(id, id))
    }
    expect([subject.book.isLive, subject.book.sequence]).toEqual([true, 120])
  })

  it.each([
    { fault: 'no update id', first: null, last: null },
    { fault: 'an update id beyond exact numbers', first: 1, last: 2 ** 53 },
    { fault: 'an update id that is no number', first: 1, last: Number.NaN },
  ])('is gapped by an update with $fault', async ({ first, last }) => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(first, last, [99, 3]))
    expect([subject.book.status, subject.book.bidSize(0)]).toEqual(['gapped', 1])
  })

  it('is gapped by a level that is no price', async () => {
    const subject = await scene.liveBook()
    subject.apply(scene.make.change(101, 101, [Number.NaN, 3]))
    expect(subject.book.status).toBe('gapped')
    await scene.snapshots.answer({ ...snapshot, sequence: 101 })
    expect(subject.book.isLive).toBe(true)
  })
})
