import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../clock/manual-clock.js'
import type { OrderbookMessage } from '../model/message.js'
import type { OrderBook } from '../model/order-book.js'
import type { BookDigits, FlatLevels } from '../model/payloads.js'
import { type BookRules, type BookSnapshot, orderOfArrival } from '../strategy/book-rules.js'
import { resolveBookOptions } from './book-options.js'
import { BookSynchronizer } from './book-synchronizer.js'
import { bookStream, contents, MessageMaker, settled } from './test-support.js'
import { type Change, change, Truth } from './test-truth.js'

/** The texts a made-up exchange sends: prices with two decimals, sizes with one. */
function textsOf(levels: FlatLevels): string[] {
  return levels.map((value, index) => value.toFixed(index % 2 === 0 ? 2 : 1))
}

/** Its checksum is every text of the book: no two books share one. */
function checksumOf({ bids, asks }: BookSnapshot): string {
  return [...textsOf(bids), '|', ...textsOf(asks)].join(' ')
}

function verify(book: OrderBook, { data }: OrderbookMessage): string | null {
  const texts: string[] = []
  for (let index = 0; index < book.bidCount; index += 1) {
    const level = book.bidDigits(index)
    texts.push(level?.price ?? '', level?.size ?? '')
  }
  texts.push('|')
  for (let index = 0; index < book.askCount; index += 1) {
    const level = book.askDigits(index)
    texts.push(level?.price ?? '', level?.size ?? '')
  }
  return texts.join(' ') === data.checksum ? null : 'the checksum does not fit'
}

type Step =
  | { readonly do: 'deliver' | 'drop' | 'reconnect' | 'lose' | 'swap'; readonly span: number }
  | { readonly do: 'whole' | 'repeat'; readonly back: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'misspell'; readonly at: number; readonly isNumber: boolean }
  | { readonly do: 'answer' | 'none' }

interface WeightedStep {
  readonly weight: number
  readonly arbitrary: fc.Arbitrary<Step>
}

/** What may happen to any such book: every loss is told. */
const ordinary: readonly WeightedStep[] = [
  { weight: 12, arbitrary: fc.record({ do: fc.constant('deliver'), span: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drop'), span: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('whole'), back: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('none') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnect'), span: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 12_000 }) }) },
]

/** What only a checksum shows. */
const hidden: readonly WeightedStep[] = [
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose'), span: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat'), back: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('swap'), span: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('whole'), back: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('misspell'), at: fc.nat(), isNumber: fc.boolean() }) },
]

/** A message with the place in the truth after it. */
interface Sent {
  readonly message: OrderbookMessage
  readonly place: number
}

/** The first change of each truth: a level that stays, because a book without levels or id would be none. */
const lasting: Change = { side: 'bids', price: 1, size: 1 }

/** A venue that numbers nothing, a wire and one book at its end. */
class Scene {
  readonly truth: Truth
  readonly clock: ManualClock = new ManualClock()
  readonly subject: BookSynchronizer
  readonly #make: MessageMaker = new MessageMaker(this.clock)
  readonly #sent: Sent[] = []
  /** How far the stream has come. */
  #told = 1
  /** The place of the last message that reached the book. */
  #arrived = 1
  #limit: number
  #isWholeDue = true
  #startOver: () => void = () => {}

  constructor(truth: Truth, rules: BookRules) {
    this.truth = truth
    this.#limit = truth.last - 10
    this.subject = new BookSynchronizer({
      stream: bookStream(),
      rules,
      clock: this.clock,
      random: () => 0.5,
      options: resolveBookOptions(),
      listener: {},
      requestSnapshot: () => expect.unreachable(),
      resubscribe: (onEnded) =>
        new Promise((resolve) => {
          this.#isWholeDue = true
          this.#startOver = () => {
            onEnded()
            resolve()
          }
        }),
    })
    this.subject.confirm()
    this.#answer()
  }

  /** What the book has to be where it is live. */
  get expected(): { bids: FlatLevels; asks: FlatLevels } {
    const { bids, asks } = this.truth.at(this.#arrived)
    return { bids, asks }
  }

  async take(action: Step): Promise<void> {
    if (action.do === 'deliver') this.#deliver(this.#next(action.span))
    else if (action.do === 'drop') this.#drop(action.span)
    else if (action.do === 'answer') this.#answer()
    else if (action.do === 'whole') this.#deliver(this.#whole(action.back))
    else if (action.do === 'none') this.subject.apply(this.#make.whole(null))
    else if (action.do === 'reconnect') this.#reconnect(action.span)
    else if (action.do === 'wait') this.clock.advance(action.ms)
    else if (action.do === 'lose') this.#next(action.span)
    else if (action.do === 'repeat') this.#deliver(this.#sent.at(-action.back))
    else if (action.do === 'misspell') this.#misspell(action.at, action.isNumber)
    else if (action.do === 'swap') this.#swap(action.span)
    await settled()
  }

  /** From here on the world is kind. */
  async heal(): Promise<void> {
    this.#limit = this.truth.last
    for (let round = 0; round < 8; round += 1) {
      this.#deliver(this.#next(1))
      this.clock.advance(6_000)
      this.#answer()
      await settled()
    }
    while (this.#told < this.truth.last) this.#deliver(this.#next(2))
  }

  #next(span: number): Sent | undefined {
    const first = this.#told + 1
    if (first > this.#limit) return undefined
    this.#told = Math.min(this.#limit, this.#told + span)
    const { bids, asks } = this.truth.between(first, this.#told)
    const message = this.#make.change(null, null, bids, asks, this.#proof(bids, asks, this.#told))
    this.#sent.push({ message, place: this.#told })
    return this.#sent.at(-1)
  }

  #whole(back: number): Sent {
    const place = Math.max(1, this.#told - back)
    const { bids, asks } = this.truth.at(place)
    return { message: this.#make.whole(null, bids, asks, this.#proof(bids, asks, place)), place }
  }

  #proof(bids: FlatLevels, asks: FlatLevels, place: number): { checksum: string; digits: BookDigits } {
    return { checksum: checksumOf(this.truth.at(place)), digits: { bids: textsOf(bids), asks: textsOf(asks) } }
  }

  #deliver(sent: Sent | undefined): void {
    if (sent === undefined) return
    this.#arrived = sent.place
    this.subject.apply(sent.message)
  }

  #drop(span: number): void {
    this.#next(span)
    this.subject.reset('an update was dropped')
  }

  #reconnect(missed: number): void {
    this.subject.interrupt('connection lost')
    this.#next(missed)
    this.#isWholeDue = true
    this.#startOver = () => {}
    this.subject.confirm()
  }

  #swap(span: number): void {
    const [early, late] = [this.#next(span), this.#next(span)]
    this.#deliver(late)
    this.#deliver(early)
  }

  /** One size comes with another digit: in the number and its text, or in the text alone. */
  #misspell(at: number, isNumber: boolean): void {
    const sent = this.#next(1)
    if (sent === undefined) return
    const { data } = sent.message
    const side = data.bids.length > 0 ? 'bids' : 'asks'
    const levels = [...data[side]]
    const texts = [...(data.digits?.[side] ?? [])]
    const size = levels.length > 0 ? 1 + 2 * (at % (levels.length / 2)) : 0
    if (isNumber) levels[size] = (levels[size] ?? 0) + 1
    texts[size] = `${levels[size]}.00`
    const digits = { bids: data.digits?.bids ?? [], asks: data.digits?.asks ?? [], [side]: texts }
    this.#deliver({ ...sent, message: { ...sent.message, data: { ...data, [side]: levels, digits } } })
  }

  #answer(): void {
    this.#startOver()
    if (this.#isWholeDue) this.#deliver(this.#whole(0))
    this.#isWholeDue = false
  }
}

const arrival: BookRules = {
  source: 'stream',
  depth: null,
  continuity: orderOfArrival,
  snapshotTimeoutMs: 5_000,
  audit: null,
}

describe.each([
  { name: 'without ids or checksum', rules: arrival, steps: ordinary },
  {
    name: 'with a checksum of the digits in place of ids',
    rules: { ...arrival, keepDigits: true, verify },
    steps: [...ordinary, ...hidden],
  },
])('a book $name', ({ rules, steps }) => {
  it('is true whenever it is live, and live once the world is kind again', async () => {
    let liveChecks = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 60, maxLength: 160 }),
        fc.array(fc.oneof(...steps), { minLength: 10, maxLength: 60 }),
        async (changes, script) => {
          const scene = new Scene(new Truth([lasting, ...changes]), rules)
          const { subject, truth } = scene
          for (const action of script) {
            await scene.take(action)
            if (!subject.book.isLive) continue
            liveChecks += 1
            expect(contents(subject.book)).toEqual(scene.expected)
          }
          await scene.heal()
          expect(subject.book.status).toBe('live')
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
