import { beforeEach, describe, expect, it } from 'vitest'
import type { OrderbookMessage } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import { type BookRules, orderOfArrival } from '../strategy/book-rules.js'
import type { BookSynchronizer } from './book-synchronizer.js'
import { BookScene, retry, snapshot } from './test-scene.js'
import { contents } from './test-support.js'

let scene: BookScene

beforeEach(() => {
  scene = new BookScene()
})

/** The checksum of these tests: how many levels there are. */
function verify(book: OrderBook, { data }: OrderbookMessage): string | null {
  const count = book.bidCount + book.askCount
  return data.checksum === null || data.checksum === count ? null : `the checksum is ${data.checksum}, not ${count}`
}

const stream: BookRules = {
  source: 'stream',
  depth: null,
  continuity: orderOfArrival,
  snapshotTimeoutMs: 10_000,
  audit: null,
  retry,
  verify,
}

function proof(checksum: number | string | null): Pick<OrderbookMessage['data'], 'checksum' | 'digits'> {
  return { checksum, digits: null }
}

describe('a book that is checked after each update', () => {
  function liveBook(): BookSynchronizer {
    const subject = scene.synchronizer(stream)
    subject.apply(scene.make.whole(null, [99, 1], [101, 1], proof(2)))
    scene.events.length = 0
    return subject
  }

  it('is live for as long as the check holds', () => {
    const subject = liveBook()
    subject.apply(scene.make.change(null, null, [98, 1], [], proof(3)))
    expect([subject.book.isLive, scene.events]).toEqual([true, []])
  })

  it('is gapped within the message that shows it wrong, and starts over', () => {
    const subject = liveBook()
    subject.apply(scene.make.change(null, null, [98, 1], [], proof(4)))
    expect(scene.events).toEqual([
      'live -> gapped: the checksum is 4, not 3',
      'gap: the checksum is 4, not 3, expected null, got null',
    ])
    scene.resubscriptions[0]?.end()
    subject.apply(scene.make.whole(null, [98, 1], [101, 1], proof(2)))
    expect([subject.book.isLive, contents(subject.book).bids]).toEqual([true, [98, 1]])
  })

  it('is not live with a snapshot that is wrong', () => {
    const subject = scene.synchronizer(stream)
    subject.apply(scene.make.whole(null, [99, 1], [101, 1], proof(3)))
    expect([subject.book.status, scene.resubscriptions.length]).toEqual(['syncing', 1])
  })

  it('stays stale with an update that shows it wrong', () => {
    const subject = liveBook()
    subject.markStale('silent')
    subject.apply(scene.make.change(null, null, [], [], proof(7)))
    expect(subject.book.status).toBe('gapped')
  })

  it('is checked before it is looked at for crossed sides', () => {
    const subject = liveBook()
    subject.apply(scene.make.change(null, null, [101, 1], [], proof(9)))
    expect(scene.events.filter((event) => event.startsWith('locked'))).toEqual([])
    expect(subject.book.reason).toBe('the checksum is 9, not 3')
  })

  it('is checked after a REST snapshot with the last update that waited for it', async () => {
    const subject = scene.synchronizer({ ...scene.restRules(), verify } as BookRules)
    subject.apply(scene.make.change(101, 101, [97, 1], [], proof(77)))
    subject.apply(scene.make.change(102, 102, [96, 1], [], proof(7)))
    await scene.snapshots.answer(snapshot)
    expect([subject.book.status, scene.events]).toEqual(['syncing', ['failure 1: the checksum is 7, not 6']])
    scene.clock.advance(300)
    await scene.snapshots.answer({ ...snapshot, bids: [99, 1, 98, 2, 97, 1, 96, 1, 95, 1], sequence: 102 })
    expect(subject.book.isLive).toBe(true)
  })

  it('does not take an update that showed it wrong on top of the next snapshot', async () => {
    const subject = scene.synchronizer({ ...scene.restRules(), verify } as BookRules)
    subject.confirm()
    await scene.snapshots.answer(snapshot)
    subject.apply(scene.make.change(101, 101, [90, 5], [], proof(4)))
    expect(subject.book.status).toBe('gapped')
    subject.apply(scene.make.change(102, 102, [], [102, 0], proof(3)))
    await scene.snapshots.answer({ ...snapshot, sequence: 101 })
    expect([subject.book.isLive, contents(subject.book).bids]).toEqual([true, [99, 1, 98, 2]])
  })

  it('is one gap for a row of wrong books, where each message is a whole one', () => {
    const subject = scene.synchronizer({ source: 'replace', depth: null, verify })
    subject.apply(scene.make.whole(1, [99, 1], [101, 1], proof(2)))
    scene.events.length = 0
    for (let id = 2; id < 9; id += 1) subject.apply(scene.make.whole(id, [99, 1], [101, 1], proof(id + 10)))
    expect(subject.book.reason).toBe('the checksum is 18, not 2')
    expect(scene.events).toEqual([
      'live -> gapped: the checksum is 12, not 2',
      'gap: the checksum is 12, not 2, expected null, got null',
    ])
    subject.apply(scene.make.whole(9, [99, 1], [101, 1], proof(2)))
    expect(subject.book.isLive).toBe(true)
  })

  it.each<[string, string, () => unknown]>([
    ['throws', 'threw', () => expect.unreachable()],
    ['returns nothing', 'gave no answer', () => undefined],
    ['returns no text', 'gave no answer', () => false],
  ])('is never live when the check %s', (_what, fault, check) => {
    const rules = { ...stream, verify: check } as BookRules
    const subject = scene.synchronizer(rules)
    subject.apply(scene.make.whole(null, [99, 1], [101, 1]))
    expect([subject.book.status, scene.events]).toEqual([
      'syncing',
      [`gap: The rule verify ${fault}., expected null, got null`, `ERR_BOOK_RULES: The rule verify ${fault}.`],
    ])
  })

  it('hears of a broken check once for a row of whole books', () => {
    const subject = scene.synchronizer({ source: 'replace', depth: null, verify: () => expect.unreachable() })
    for (let id = 1; id < 9; id += 1) subject.apply(scene.make.whole(id, [99, 1], [101, 1]))
    expect([subject.book.status, scene.events]).toEqual(['syncing', ['ERR_BOOK_RULES: The rule verify threw.']])
  })
})

describe('a book that keeps the digits of its levels', () => {
  const rules: BookRules = { ...stream, depth: 2, keepDigits: true, verify: () => null }

  function digits(bids: string[], asks: string[]): Pick<OrderbookMessage['data'], 'checksum' | 'digits'> {
    return { checksum: null, digits: { bids, asks } }
  }

  function texts({ book }: BookSynchronizer): (string | null)[] {
    const shown = (level: { price: string; size: string } | null): string | null =>
      level === null ? null : `${level.price} ${level.size}`
    return [0, 1, 2].flatMap((index) => [shown(book.bidDigits(index)), shown(book.askDigits(index))])
  }

  function liveBook(): BookSynchronizer {
    const subject = scene.synchronizer(rules)
    const sent = digits(['99.0', '1.00', '98.0', '2.00'], ['101.0', '1.50'])
    subject.apply(scene.make.whole(null, [99, 1, 98, 2], [101, 1.5], sent))
    return subject
  }

  it('gives them as they were sent, and null beyond the last level', () => {
    expect(texts(liveBook())).toEqual(['99.0 1.00', '101.0 1.50', '98.0 2.00', null, null, null])
  })

  it('has those of the last message, whatever their spelling, and none of what is gone', () => {
    const subject = liveBook()
    subject.apply(scene.make.change(null, null, [99, 3, 98, 0], [], digits(['99.00', '3.0', '98', '0'], [])))
    expect(texts(subject)).toEqual(['99.00 3.0', '101.0 1.50', null, null, null, null])
    subject.apply(scene.make.change(null, null, [98, 4], [], digits(['98.000', '4'], [])))
    expect(subject.book.bidDigits(1)).toEqual({ price: '98.000', size: '4' })
  })

  it('forgets those of levels that are trimmed', () => {
    const subject = liveBook()
    subject.apply(scene.make.change(null, null, [99.5, 1], [], digits(['99.50', '1'], [])))
    subject.apply(scene.make.change(null, null, [99.5, 0], [], digits(['99.50', '0'], [])))
    expect(texts(subject)).toEqual(['99.0 1.00', '101.0 1.50', null, null, null, null])
  })

  it('keeps those of a frozen book', () => {
    const subject = liveBook()
    const frozen = subject.book.freeze()
    subject.apply(scene.make.change(null, null, [99, 3], [], digits(['99', '3'], [])))
    expect(frozen.bidDigits(0)).toEqual({ price: '99.0', size: '1.00' })
  })

  it.each([
    ['no digits', { checksum: null, digits: null }],
    ['too few digits', digits(['99'], [])],
    ['digits of the other side', digits([], ['99', '5'])],
  ])('is gapped by a change with %s', (_what, sent) => {
    const subject = liveBook()
    subject.apply(scene.make.change(null, null, [99, 5], [], sent))
    expect([subject.book.status, subject.book.reason, subject.book.bidSize(0)]).toEqual([
      'gapped',
      'a change holds levels without their digits',
      1,
    ])
  })

  it.each([undefined, null, { bids: '99 1', asks: '' }, {}])(
    'takes no REST snapshot with %j for digits',
    async (sent) => {
      const rest = { ...scene.restRules(), keepDigits: true, verify: () => null } as BookRules
      const subject = scene.synchronizer(rest)
      subject.confirm()
      await scene.snapshots.answer({ ...snapshot, digits: sent } as typeof snapshot)
      expect(scene.events).toEqual(['failure 1: The snapshot holds levels without their digits.'])
      const kept = { bids: ['99.0', '1', '98', '2'], asks: ['101', '1', '102', '2'] }
      scene.clock.advance(300)
      await scene.snapshots.answer({ ...snapshot, digits: kept })
      expect([subject.book.isLive, subject.book.bidDigits(0)]).toEqual([true, { price: '99.0', size: '1' }])
    },
  )

  it('has none where the rules ask for none', () => {
    const subject = scene.synchronizer(stream)
    subject.apply(scene.make.whole(null, [99, 1], [101, 1], digits(['99', '1'], ['101', '1'])))
    expect([subject.book.isLive, subject.book.bidDigits(0), subject.book.askDigits(0)]).toEqual([true, null, null])
  })
})
