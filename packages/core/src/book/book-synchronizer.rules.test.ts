import { beforeEach, describe, expect, it } from 'vitest'
import { StreamError } from '../errors/stream-error.js'
import {
  adjacentRanges,
  type BookRules,
  type BookSnapshot,
  type ContinuityRule,
  overlappingRanges,
} from '../strategy/book-rules.js'
import { BookScene, retry, snapshot } from './test-scene.js'
import { settled } from './test-support.js'

let scene: BookScene

beforeEach(() => {
  scene = new BookScene()
})

const broken: Record<string, () => never> = {
  'an error': () => {
    throw new TypeError('Cannot read properties of undefined')
  },
  null: () => throwing(null),
  'a text': () => throwing('no'),
}

function throwing(reason: unknown): never {
  AbortSignal.abort(reason).throwIfAborted()
  return expect.unreachable()
}

describe('a rule that breaks', () => {
  it.each(Object.entries(broken))('makes a live book gapped when continuity throws %s', async (_what, fail) => {
    let rule: ContinuityRule = overlappingRanges
    const subject = scene.synchronizer({ ...scene.restRules(), continuity: (...ids) => rule(...ids) } as BookRules)
    subject.confirm()
    await scene.snapshots.answer(snapshot)
    scene.events.length = 0
    rule = fail
    subject.apply(scene.make.change(101, 101, [99, 5]))
    expect([subject.book.status, subject.book.bidSize(0)]).toEqual(['gapped', 1])
    expect(scene.events).toEqual([
      'live -> gapped: The rule continuity threw.',
      'gap: The rule continuity threw., expected null, got null',
      'ERR_BOOK_RULES: The rule continuity threw.',
    ])
    rule = overlappingRanges
    await scene.snapshots.answer(snapshot)
    expect([subject.book.isLive, subject.book.sequence, subject.book.bidSize(0)]).toEqual([true, 101, 5])
  })

  it('leaves no rejection behind where it is async by mistake', async () => {
    const rejected: unknown[] = []
    const note = (reason: unknown): void => void rejected.push(reason)
    process.on('unhandledRejection', note)
    const fail = async (): Promise<never> => throwing(new TypeError('late'))
    const rules = { ...scene.restRules(), verify: fail } as unknown as BookRules
    const subject = scene.synchronizer(rules)
    subject.confirm()
    subject.apply(scene.make.change(101, 101, [99, 5]))
    await scene.snapshots.answer(snapshot)
    expect(scene.events.at(-1)).toBe('ERR_BOOK_RULES: The rule verify gave no answer.')
    const judged = scene.synchronizer({ ...scene.restRules(), continuity: fail } as unknown as BookRules)
    judged.confirm()
    judged.apply(scene.make.change(101, 101, [99, 5]))
    await scene.snapshots.answer(snapshot)
    await settled()
    process.off('unhandledRejection', note)
    expect(scene.events.at(-1)).toBe('ERR_BOOK_RULES: The rule continuity gave no verdict.')
    expect([subject.book.isLive, judged.book.isLive, rejected]).toEqual([false, false, []])
  })

  it('makes a live book gapped when continuity gives no verdict', async () => {
    const rules = { ...scene.restRules(), continuity: () => undefined } as unknown as BookRules
    const subject = scene.synchronizer(rules)
    subject.confirm()
    await scene.snapshots.answer(snapshot)
    subject.apply(scene.make.change(101, 101, [99, 5]))
    expect([subject.book.status, scene.events.at(-1)]).toEqual([
      'gapped',
      'ERR_BOOK_RULES: The rule continuity gave no verdict.',
    ])
  })

  it('is told once, however many updates wait meanwhile', () => {
    const subject = scene.synchronizer({ ...scene.restRules(), continuity: broken['an error'] } as BookRules)
    for (let id = 101; id < 200; id += 1) subject.apply(scene.make.change(id, id))
    expect(scene.events).toEqual(['ERR_BOOK_RULES: The rule continuity threw.'])
    expect(scene.snapshots.requests.length).toBe(1)
  })

  it('is asked again at the pace of the retries, however often it breaks', async () => {
    const subject = scene.synchronizer({ ...scene.restRules(), continuity: broken['an error'] } as BookRules)
    subject.confirm()
    const delays: (number | null)[] = []
    for (let round = 0; round < 4; round += 1) {
      subject.apply(scene.make.change(101 + round, 101 + round))
      await scene.snapshots.answer(snapshot)
      expect(subject.book.isLive).toBe(false)
      delays.push(scene.clock.nextTimerInMs)
      scene.clock.advance(scene.clock.nextTimerInMs ?? 0)
    }
    expect(delays).toEqual([300, 300, 30_000, 30_000])
  })

  it('subscribes a stream again at that pace too', () => {
    const rules: BookRules = {
      source: 'stream',
      depth: null,
      continuity: broken['an error'] as ContinuityRule,
      snapshotTimeoutMs: 10_000,
      audit: null,
      retry,
    }
    const subject = scene.synchronizer(rules)
    for (let round = 0; round < 20; round += 1) {
      scene.resubscriptions.at(-1)?.end()
      subject.apply(scene.make.whole(100, [99, 1], [101, 1]))
      subject.apply(scene.make.change(101, 101))
      expect(subject.book.status).toBe('gapped')
    }
    expect(scene.resubscriptions.length).toBe(1)
    scene.clock.advance(300)
    expect(scene.resubscriptions.length).toBe(2)
  })

  it.each([
    ['throws', broken['an error'] as () => never],
    ['rejects with nothing', () => Promise.reject(undefined)],
    ['rejects with a text', () => Promise.reject('no')],
    ['rejects with an error of its own', () => Promise.reject(new TypeError('fetch failed'))],
  ])('is the adapter’s fault when fetchSnapshot %s', async (_what, fail) => {
    const subject = scene.synchronizer(scene.restRules(), {}, async () => fail())
    subject.confirm()
    await settled()
    const shortMessage = 'The rule fetchSnapshot broke: what it threw is no StreamError.'
    expect(scene.events).toEqual([`failure 1: ${shortMessage}`, `ERR_BOOK_RULES: ${shortMessage}`])
    expect([subject.book.status, scene.clock.nextTimerInMs]).toEqual(['syncing', 300])
  })

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'is no object'],
    ['null', null, 'is no object'],
    ['a text', 'book', 'is no object'],
    ['no levels', { sequence: 100 }, 'has no levels'],
    ['one side', { ...snapshot, asks: undefined }, 'has no levels'],
    ['levels that are no list', { ...snapshot, bids: '99,1' }, 'has no levels'],
    ['no update id', { bids: [99, 1], asks: [101, 1] }, 'came without a usable update id'],
    ['an update id as text', { ...snapshot, sequence: '100' }, 'came without a usable update id'],
    ['an update id beyond exact numbers', { ...snapshot, sequence: 2 ** 53 }, 'came without a usable update id'],
    [
      'levels that throw',
      {
        ...snapshot,
        get bids() {
          return broken['an error']?.()
        },
      },
      'cannot be read',
    ],
  ])('is told when fetchSnapshot brings %s', async (_what, fetched, fault) => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    await scene.snapshots.answer(fetched as BookSnapshot)
    expect(scene.events).toEqual([`failure 1: The snapshot ${fault}.`, `ERR_BOOK_RULES: The snapshot ${fault}.`])
    expect([subject.book.status, scene.clock.nextTimerInMs]).toEqual(['syncing', 300])
  })

  it.each<[string, unknown[]]>([
    ['missing', [99]],
    ['null', [99, null]],
    ['a text', [99, '1']],
    ['in a level of its own', [[99, 1]]],
  ])('is told when fetchSnapshot brings a size that is %s', async (_what, bids) => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    await scene.snapshots.answer({ ...snapshot, bids } as unknown as BookSnapshot)
    expect(scene.events.at(-1)).toBe('ERR_BOOK_RULES: The levels of the snapshot are not flat numbers.')
    expect(subject.book.bidCount).toBe(0)
  })

  it.each<[string, number[]]>([
    ['not a number', [99, Number.NaN]],
    ['below 0', [99, -1]],
  ])('makes no book of a snapshot with a size that is %s', async (_what, bids) => {
    const subject = scene.synchronizer(scene.restRules())
    subject.confirm()
    await scene.snapshots.answer({ ...snapshot, bids })
    expect(scene.events).toEqual(['failure 1: The snapshot holds something that is no price or size.'])
    expect(subject.book.bidCount).toBe(0)
  })

  it('says whose book it was, and keeps what was thrown', () => {
    const errors: StreamError[] = []
    const subject = scene.synchronizer({ ...scene.restRules(), continuity: broken['an error'] } as BookRules)
    scene.onRuleFault = (error) => errors.push(error)
    subject.apply(scene.make.change(101, 101))
    subject.apply(scene.make.change(102, 102))
    expect(errors[0]).toMatchObject({ context: { Symbol: 'BTC/USDT' }, cause: expect.any(TypeError), retryable: true })
  })

  it('is not the adapter’s fault where the exchange refused a snapshot', async () => {
    const subject = scene.synchronizer({ ...scene.restRules(), continuity: adjacentRanges } as BookRules)
    subject.confirm()
    await scene.snapshots.refuse(new StreamError('ERR_REST_FAILED', 'No.'))
    expect(scene.events).toEqual(['failure 1: No.'])
  })
})
