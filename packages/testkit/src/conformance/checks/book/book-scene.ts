import type {
  Instrument,
  OrderBook,
  WebSocketManager,
  WebSocketManagerOptions,
  WebSocketStrategySet,
} from '@tapewire/core'
import type { BookRules, OrderbookMessage } from '@tapewire/core/adapter'
import type { OptionVariant } from '../../../venue/exchange-emulation.js'
import { expectTrue, fail, skip } from '../../check-failure.js'
import { parserOf } from '../../lab/corpus.js'
import { FrameSight } from '../../lab/frame-sight.js'
import type { Lab } from '../../lab/lab.js'
import type { Stage } from '../../lab/stage.js'
import type { StageRecord } from '../../lab/stage-record.js'
import { plannedStreams } from '../../lab/wanted-streams.js'
import { wasSent } from '../../lab/was-sent.js'
import { bookDifference } from '../../truth/book-truth.js'
import { knowableDepth } from '../../truth/knowable-depth.js'

/** Longer than any exchange gathers changes before it pushes them, ms. */
const quietMs = 1_500
/** Changes of a market within which something of it is pushed. */
const mostChanges = 40
/** Levels a side that every exchange sends. */
const nearTouch = 5
/** How long a book may take until it is live again, ms. */
const healingMs = 90_000

/** What a scene of books is set with. */
export interface BookSceneOptions {
  readonly variant?: OptionVariant
  readonly pairs?: readonly Instrument[]
  /** Levels a side of the market's books. Default 16. */
  readonly levels?: number
  /** What the manager is made of where that is not the variant's set as it is. */
  readonly strategies?: (set: WebSocketStrategySet) => WebSocketStrategySet
  readonly manager?: Partial<WebSocketManagerOptions>
}

/** Order books on a stage: subscribed, live, and compared with the market's. */
export class BookScene {
  readonly stage: Stage
  readonly manager: WebSocketManager
  readonly record: StageRecord
  readonly rules: BookRules
  readonly pairs: readonly Instrument[]
  readonly sight: FrameSight

  private constructor(parts: Pick<BookScene, 'stage' | 'manager' | 'record' | 'rules' | 'pairs' | 'sight'>) {
    this.stage = parts.stage
    this.manager = parts.manager
    this.record = parts.record
    this.rules = parts.rules
    this.pairs = parts.pairs
    this.sight = parts.sight
  }

  /** A scene whose books are asked for, and not awaited. */
  static async begin(lab: Lab, options: BookSceneOptions = {}): Promise<BookScene> {
    const { variant, pairs = lab.instruments.slice(0, 2), levels = 16, strategies = (set) => set } = options
    const stage = lab.stage({ instruments: lab.instruments, levels })
    const set = strategies(lab.publicSet(variant?.options))
    const { bookRules: rules } = set
    if (rules === null) skip(`${lab.definition.name} keeps no order books with ${variant?.name ?? 'default options'}.`)
    const sight = new FrameSight(stage, () => {
      const reading = lab.publicSet(variant?.options)
      plannedStreams(reading, { channels: ['orderbook'], candleIntervals: null }, { instruments: pairs })
      return parserOf(reading)
    })
    const { manager, record } = stage.manager(set, options.manager)
    const scene = new BookScene({ stage, manager, record, rules, pairs, sight })
    await stage.settled(
      manager.initialize({ symbols: pairs, channels: ['orderbook'] }),
      'initialize() with the channel orderbook should resolve',
    )
    return scene
  }

  /** As `begin`, and every book is live and true, and has been pushed something. */
  static async open(lab: Lab, options: BookSceneOptions = {}): Promise<BookScene> {
    const scene = await BookScene.begin(lab, options)
    for (const pair of scene.pairs) {
      await scene.moveUntil(pair, () => scene.messagesOf(pair) > 0, 'no push of the book came')
    }
    await scene.expectHealed('at the beginning')
    return scene
  }

  book(pair: Instrument): OrderBook {
    return this.manager.orderBook(pair) ?? fail(`there is no book of ${pair.name}`)
  }

  /** The last message of a book; fails where none has come. */
  lastMessage(pair: Instrument): OrderbookMessage {
    const message = this.record.messages.findLast(({ channel, symbol }) => channel === 'orderbook' && symbol === pair)
    return (message as OrderbookMessage | undefined) ?? fail(`no message of the book of ${pair.name} has come`)
  }

  /** Messages of a book that have been told. */
  messagesOf(pair: Instrument): number {
    return this.record.messages.filter(({ channel, symbol }) => channel === 'orderbook' && symbol === pair).length
  }

  /** To how many levels a side this exchange tells that a book is wrong; ends the check where it cannot be told at all. */
  knowableDepth(pair: Instrument): number {
    const depth = knowableDepth(this.rules, this.book(pair), this.lastMessage(pair))
    if (depth === 0) skip('Its book messages have neither ids nor checksums: nothing would show a loss.')
    return depth
  }

  /** Changes the market's book of a pair, one change after the other, each of them pushed before the next. */
  async move(pair: Instrument, changes: number = 1): Promise<void> {
    for (let change = 0; change < changes; change += 1) {
      this.stage.market.step(pair)
      await this.stage.pass(250)
    }
  }

  /** Changes it until the condition holds; fails, in these words, where it does not come about. */
  async moveUntil(pair: Instrument, condition: () => boolean, what: string): Promise<void> {
    for (let change = 0; change < mostChanges; change += 1) {
      if (condition()) return
      await this.move(pair)
    }
    if (!condition()) fail(`${what} within ${mostChanges} changes of ${pair.name}`)
  }

  /** Lets everything arrive that is on its way, on a market that stands still. */
  rest(): Promise<void> {
    return this.stage.pass(quietMs)
  }

  /** The market stands still: fails where a book is live and not what the market's is. */
  expectNoneFalse(when: string, depth: number = Number.POSITIVE_INFINITY): void {
    for (const pair of this.pairs) {
      const book = this.book(pair)
      if (book.isLive) this.#compare(book, when, depth)
    }
  }

  /** The market moves on, and the books have to be live and true again within the time a book may take; then they are compared with the market as it stands still. */
  async expectHealed(when: string, depth: number = Number.POSITIVE_INFINITY): Promise<void> {
    const { stage, pairs } = this
    const end = stage.clock.now() + healingMs
    while (!pairs.every((pair) => this.book(pair).isLive)) {
      if (stage.clock.now() > end) {
        const states = pairs.map((pair) => `${pair.name} is ${this.book(pair).status}: ${this.book(pair).reason}`)
        fail(`${when}, a book is not live within ${healingMs / 1_000} s of a market that goes on`, {
          expected: 'every book live',
          got: states.join('; '),
        })
      }
      for (const pair of pairs) stage.market.step(pair)
      await stage.pass(250)
    }
    await this.rest()
    for (const pair of pairs) this.expectTrue(pair, when, depth)
  }

  /** The market stands still: fails where this book is not live, or not what the market's is. */
  expectTrue(pair: Instrument, when: string, depth: number = Number.POSITIVE_INFINITY): void {
    const book = this.book(pair)
    expectTrue(book.isLive, `${when}, the book of ${pair.name} should be live`, {
      expected: 'live',
      got: `${book.status}: ${book.reason}`,
    })
    this.#compare(book, when, depth)
  }

  #compare(book: OrderBook, when: string, knowable: number): void {
    const { symbol } = book
    const depth = Math.min(knowable, this.rules.depth ?? Number.POSITIVE_INFINITY)
    const image = this.stage.market.book(symbol)
    const difference = bookDifference(book, image, depth)
    // What lies beyond the depth that is kept true has to be cut off.
    const kept = Math.max(book.bidCount, book.askCount)
    if (difference === null && (knowable < Number.POSITIVE_INFINITY || kept <= depth)) return
    if (difference === null)
      fail(`${when}, the book of ${symbol.name} has more levels than the ${depth} that are kept true`, { got: kept })
    const { side, index, expected, got, expectedText } = difference
    const unsent = expectedText?.find((text) => !wasSent(this.stage, text)) ?? null
    // Far from the touch the exchange may keep less than the rules say; and on a wire where no price is text, nothing can be said of it.
    const isSent = unsent === null || index >= nearTouch || !image[side].some(([price]) => wasSent(this.stage, price))
    const blame = isSent ? '' : `; no frame and no answer of the emulation has the ${unsent} that its market has there`
    fail(
      `${when}, the book of ${symbol.name} is live and not what the market’s is: level ${index} of its ${side}${blame}`,
      { expected, got, ...(isSent ? {} : { file: 'testing/' }) },
    )
  }
}

/** Looks at the books of every variant that makes a difference to them, one scene after the other; the words say with which. */
export async function eachBook(
  lab: Lab,
  make: (variant: OptionVariant) => Promise<BookScene>,
  look: (scene: BookScene, withWhat: string) => Promise<void>,
): Promise<void> {
  for (const variant of bookVariants(lab)) {
    const scene = await make(variant)
    await look(scene, `with ${variant.name}`)
    await scene.stage.close()
  }
}

/** The variants of the options that make a difference to the books. */
export function bookVariants(lab: Lab): readonly OptionVariant[] {
  const seen = new Set<string>()
  return lab.variants.filter(({ options }) => {
    const { subscriptionStrategy, bookRules } = lab.publicSet(options)
    const streams = subscriptionStrategy.plan({
      channel: 'orderbook',
      instruments: lab.instruments.slice(0, 1),
      candleIntervals: null,
    })
    const look = `${streams.map(({ id }) => id).join(' ')} ${bookRules?.source} ${bookRules?.depth}`
    if (bookRules === null || seen.has(look)) return false
    seen.add(look)
    return true
  })
}
