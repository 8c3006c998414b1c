import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import { StreamError } from '../errors/stream-error.js'
import type { OrderbookMessage } from '../model/message.js'
import { adjacentRanges, type BookRules, overlappingRanges } from '../strategy/book-rules.js'
import { resolveBookOptions } from './book-options.js'
import { BookSynchronizer } from './book-synchronizer.js'
import { bookStream, btc, contents, ManualSnapshots, MessageMaker, NaiveBook, settled } from './test-support.js'
import { change, Truth } from './test-truth.js'

/** What the network, the exchange and the feed may do to a book, step by step. */
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('deliver' as const), span: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), span: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), back: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('swap' as const), span: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('whole' as const), age: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), age: fc.integer({ min: -3, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('garbage' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('reconnect' as const), missed: fc.integer({ min: 0, max: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 12_000 }) }) },
)

type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never

/** A venue, a wire and one book at its end. `told` is how far the stream has come. */
class Scene {
  readonly truth: Truth
  readonly clock: ManualClock = new ManualClock()
  readonly snapshots: ManualSnapshots = new ManualSnapshots()
  readonly subject: BookSynchronizer
  readonly #make: MessageMaker = new MessageMaker(this.clock)
  readonly #sent: OrderbookMessage[] = []
  #told = 0
  /** The last ids are kept for the healing: without a later update, no loss of the last one can be seen. */
  #limit: number
  #isWholeDue = false
  /** The venue ends the old subscription and begins the new one. */
  #startOver: () => void = () => {}

  constructor(truth: Truth, rules: (snapshots: ManualSnapshots) => BookRules) {
    this.truth = truth
    this.#limit = truth.last - 10
    this.subject = new BookSynchronizer({
      stream: bookStream(),
      rules: rules(this.snapshots),
      clock: this.clock,
      random: () => 0.5,
      options: resolveBookOptions({ maxBufferedUpdates: 8 }),
      listener: {},
      requestSnapshot: (signal) => this.snapshots.fetchSnapshot(btc, { signal }),
      resubscribe: (onEnded) =>
        new Promise((resolve) => {
          this.#isWholeDue = true
          this.#startOver = () => {
            onEnded()
            resolve()
          }
        }),
    })
  }

  /** The ordinary beginning, nothing having gone wrong yet. */
  async start(): Promise<void> {
    this.#isWholeDue = true
    await this.#answer(0)
  }

  async take(action: Step): Promise<void> {
    if (action.do === 'deliver') this.#deliver(this.#next(action.span))
    else if (action.do === 'lose') this.#next(action.span)
    else if (action.do === 'repeat') this.#deliver(this.#sent.at(-action.back))
    else if (action.do === 'swap') this.#swap(action.span)
    else if (action.do === 'whole') this.#deliver(this.#whole(action.age))
    else if (action.do === 'garbage') this.#deliver(this.#make.change(this.#told, this.#told, [Number.NaN, 1]))
    else if (action.do === 'reset') this.subject.reset('an update was dropped')
    else if (action.do === 'wait') this.clock.advance(action.ms)
    else if (action.do === 'reconnect') this.#reconnect(action.missed)
    else if (action.do === 'refuse') await this.snapshots.refuse(new StreamError('ERR_REST_FAILED', 'Not now.'))
    else await this.#answer(action.age)
    await settled()
  }

  /** From here on the world is kind: everything comes, in order, and every snapshot is fresh. */
  async heal(): Promise<void> {
    this.#limit = this.truth.last
    for (let round = 0; round < 8; round += 1) {
      this.#deliver(this.#next(1))
      this.clock.advance(6_000)
      await this.#answer(0)
    }
    while (this.#told < this.truth.last) this.#deliver(this.#next(2))
  }

  #next(span: number): OrderbookMessage | undefined {
    const first = this.#told + 1
    if (first > this.#limit) return undefined
    this.#told = Math.min(this.#limit, this.#told + span)
    const { bids, asks } = this.truth.between(first, this.#told)
    const message = this.#make.change(first, this.#told, bids, asks)
    this.#sent.push(message)
    return message
  }

  #deliver(message: OrderbookMessage | undefined): void {
    if (message !== undefined) this.subject.apply(message)
  }

  #swap(span: number): void {
    const [early, late] = [this.#next(span), this.#next(span)]
    this.#deliver(late)
    this.#deliver(early)
  }

  #whole(age: number): OrderbookMessage {
    const { bids, asks, sequence } = this.truth.at(Math.max(0, this.#told - age))
    return this.#make.whole(sequence, bids, asks)
  }

  #reconnect(missed: number): void {
    this.subject.interrupt('connection lost')
    this.#next(missed + 1)
    this.subject.confirm()
  }

  /** What the book has asked for: a REST snapshot, or one in the stream. */
  async #answer(age: number): Promise<void> {
    this.#startOver()
    if (this.#isWholeDue) this.#deliver(this.#whole(Math.max(0, age)))
    this.#isWholeDue = false
    await this.snapshots.answer(this.truth.at(Math.min(this.truth.last, Math.max(0, this.#told - age))))
  }
}

const sources: Record<string, (snapshots: ManualSnapshots) => BookRules> = {
  'from REST': ({ fetchSnapshot }) => ({
    source: 'rest',
    depth: null,
    continuity: overlappingRanges,
    fetchSnapshot,
    snapshotLimit: { requests: 10, windowMs: 1_000 },
  }),
  'in the stream': () => ({
    source: 'stream',
    depth: null,
    continuity: adjacentRanges,
    snapshotTimeoutMs: 5_000,
    audit: null,
  }),
}

describe.each(Object.keys(sources))('a book with its snapshot %s', (name) => {
  const rules = sources[name] as (snapshots: ManualSnapshots) => BookRules

  it('is true whenever it is live, and live once the world is kind again', async () => {
    let liveChecks = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 60, maxLength: 160 }),
        fc.array(step, { minLength: 10, maxLength: 60 }),
        async (changes, script) => {
          const scene = new Scene(new Truth(changes), rules)
          const { subject, truth } = scene
          subject.confirm()
          await scene.start()
          for (const action of script) {
            await scene.take(action)
            if (!subject.book.isLive) continue
            liveChecks += 1
            const { bids, asks } = truth.at(subject.book.sequence as number)
            expect(contents(subject.book)).toEqual({ bids, asks })
          }
          await scene.heal()
          expect([subject.book.status, subject.book.sequence]).toEqual(['live', truth.last])
          const { bids, asks } = truth.at(truth.last)
          expect(contents(subject.book)).toEqual({ bids, asks })
          subject.close('done')
          expect(scene.clock.pendingTimers).toBe(0)
        },
      ),
      { numRuns: 200 },
    )
    expect(liveChecks).toBeGreaterThan(500)
  })
})

describe('a stream that maintains only its best levels', () => {
  it('makes a trimmed book exactly the best levels of the truth', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120 }), fc.integer({ min: 1, max: 5 }), (changes, depth) => {
        const clock = new ManualClock()
        const make = new MessageMaker(clock)
        const subject = new BookSynchronizer({
          stream: bookStream(),
          rules: { source: 'stream', depth, continuity: adjacentRanges, snapshotTimeoutMs: 5_000, audit: null },
          clock,
          random: Math.random,
          options: resolveBookOptions(),
          listener: {},
          requestSnapshot: () => Promise.reject(new StreamError('ERR_REST_FAILED', 'There is none.')),
          resubscribe: () => Promise.resolve(),
        })
        subject.apply(make.whole(0))
        const truth = new NaiveBook()
        for (const [index, { side, price, size }] of changes.entries()) {
          const before = truth.levels(side, depth)
          truth.set(side, price, size)
          const after = truth.levels(side, depth)
          const message = make.change(index + 1, index + 1, ...onSide(side, pushed(before, after, price, size)))
          subject.apply(message)
          const { bids, asks } = truth.snapshot(index + 1, depth)
          expect(contents(subject.book)).toEqual({ bids, asks })
        }
        expect(subject.book.isLive).toBe(true)
        subject.close('done')
      }),
    )
  })
})

/** What such a stream says of one change: levels that came into view or changed, and those deleted; never those that only slid out of view. */
function pushed(before: readonly number[], after: readonly number[], price: number, size: number): number[] {
  const levels = after.flatMap((each, at) => {
    if (at % 2 === 1) return []
    const known = before.findIndex((other, place) => place % 2 === 0 && other === each)
    return known !== -1 && before[known + 1] === after[at + 1] ? [] : [each, after[at + 1] as number]
  })
  return size === 0 ? [price, 0, ...levels] : levels
}

function onSide(side: 'bids' | 'asks', levels: number[]): [number[], number[]] {
  return side === 'bids' ? [levels, []] : [[], levels]
}
