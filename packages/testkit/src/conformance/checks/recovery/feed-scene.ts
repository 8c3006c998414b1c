import type {
  Instrument,
  OrderBook,
  PublicChannel,
  WebSocketManager,
  WebSocketManagerConfig,
  WebSocketStrategySet,
} from '@tapewire/core'
import { expectEqual, expectTrue, fail } from '../../check-failure.js'
import type { Lab } from '../../lab/lab.js'
import type { Stage } from '../../lab/stage.js'
import type { StageRecord } from '../../lab/stage-record.js'
import { bookDifference } from '../../truth/book-truth.js'
import { coverage, TradeTruth } from '../../truth/trade-truth.js'

/** Longer than any exchange gathers before it pushes, and what is pushed takes, ms. */
const quietMs = 1_500
/** How long a feed may take until it is whole again, ms: a dead connection has to be noticed first. */
const recoveryMs = 180_000
/** A market that runs changes this often, ms. */
const paceMs = 40

/** What a scene of feeds is set with. */
export interface FeedSceneOptions {
  readonly pairs?: readonly Instrument[]
  readonly channels?: readonly PublicChannel[]
  readonly config?: Partial<WebSocketManagerConfig>
  /** What the emulation draws from. */
  readonly chance?: () => number
  /** What the manager is made of where that is not the set as it is. */
  readonly strategies?: (set: WebSocketStrategySet) => WebSocketStrategySet
}

/** A feed of every public channel on a stage, held against the market: what is subscribed, what is live, and which trades were told. */
export class FeedScene {
  readonly stage: Stage
  readonly manager: WebSocketManager
  readonly record: StageRecord
  readonly truth: TradeTruth
  readonly pairs: readonly Instrument[]
  readonly channels: readonly PublicChannel[]
  /** How long a message takes the handler, ms; 0 is at once. */
  handlerMs = 0
  readonly #lab: Lab
  readonly #bookDepth: number
  /** What the venue's sessions carried at first, by its names. */
  #carried: readonly string[] = []

  private constructor(lab: Lab, options: FeedSceneOptions) {
    const { pairs, channels, config = {}, chance, strategies = (set) => set } = options
    this.#lab = lab
    this.pairs = pairs ?? lab.instruments.slice(0, 2)
    this.channels = channels ?? lab.publicChannels
    this.stage = lab.stage({ levels: 12, ...(chance === undefined ? {} : { chance }) })
    const set = strategies(lab.publicSet())
    this.#bookDepth = set.bookRules?.depth ?? Number.POSITIVE_INFINITY
    const { clock } = this.stage
    const { manager, record } = this.stage.manager(set, {
      config,
      onMessage: (message) => {
        this.record.messages.push(message)
        const { handlerMs } = this
        return handlerMs === 0
          ? undefined
          : new Promise((resolve) => clock.setTimer(handlerMs, () => resolve(undefined)))
      },
    })
    this.manager = manager
    this.record = record
    this.truth = new TradeTruth(this.stage.market, this.pairs)
  }

  /** A feed that is live, with a market that has run for a while. */
  static async open(lab: Lab, options: FeedSceneOptions = {}): Promise<FeedScene> {
    const scene = new FeedScene(lab, options)
    const { stage, manager, pairs, channels } = scene
    await stage.settled(
      manager.initialize({ symbols: pairs, channels }),
      'initialize() with every public channel should resolve',
    )
    await scene.run(2_000)
    await scene.stage.until(() => scene.carriedNow().length > 0 || !lab.tellsStreams, 'streams should be subscribed')
    scene.#carried = scene.carriedNow()
    return scene
  }

  get isLive(): boolean {
    return this.manager.streamStates().every(({ status }) => status === 'live')
  }

  /** Streams that have been gapped since so many states were told. */
  gappedSince(told: number): readonly string[] {
    return this.record.streams
      .slice(told)
      .filter(({ status }) => status === 'gapped')
      .map(({ stream }) => stream.id)
  }

  /** What the venue's open sessions carry, by its names, each as often as it is carried. */
  carriedNow(): readonly string[] {
    return this.stage.venue.openSessions.flatMap(({ streams }) => streams).sort()
  }

  /** Lets the market run for so long, one market after the other, and then everything arrive. */
  async run(durationMs: number): Promise<void> {
    const { stage, pairs } = this
    const end = stage.clock.now() + durationMs
    for (let step = 0; stage.clock.now() < end; step += 1) {
      stage.market.step(pairs[step % pairs.length])
      await stage.pass(paceMs)
    }
    await stage.pass(quietMs)
  }

  /** Lets the market run until the condition holds; fails, in these words, where it does not within the time a recovery may take. */
  async runUntil(condition: () => boolean, what: string): Promise<void> {
    const { stage, pairs } = this
    const end = stage.clock.now() + recoveryMs
    for (let step = 0; !condition(); step += 1) {
      if (stage.clock.now() > end)
        fail(`${what}, and it did not come about in ${recoveryMs / 1_000} s`, { got: this.#notLive() })
      stage.market.step(pairs[step % pairs.length])
      // Long waits need no busy market.
      await stage.pass(step < 100 ? paceMs : 500)
    }
  }

  /** The feed has to be whole again: every stream live, subscribed once and delivering, books true, and every trade told once or as missing. */
  async expectRecovered(after: string): Promise<void> {
    await this.runUntil(() => this.isLive, `after ${after}, every stream should be live again`)
    const before = this.record.messages.length
    await this.run(5_000)
    await this.runUntil(() => this.isLive, `after ${after}, every stream should stay live`)
    await this.stage.pass(quietMs)
    if (this.#lab.tellsStreams) {
      expectEqual(this.carriedNow(), this.#carried, `after ${after}, other streams are subscribed than before`, {
        file: 'subscription.ts',
      })
    }
    const delivering = new Set(this.record.messages.slice(before).map(({ stream }) => stream?.id))
    const silent = this.manager.streamStates().filter(({ stream }) => !delivering.has(stream.id))
    expectEqual(
      silent.map(({ stream }) => stream.id),
      [],
      `after ${after}, streams are live and bring nothing`,
    )
    this.expectTrueBooks(after)
    this.expectTradesTold(after)
    this.expectGapsTold(after)
  }

  /** The market stands still: every book is live and true. */
  expectTrueBooks(after: string): void {
    if (!this.channels.includes('orderbook') || !this.#lab.keepsBooks) return
    for (const pair of this.pairs) {
      const book: OrderBook = this.manager.orderBook(pair) ?? fail(`after ${after}, there is no book of ${pair.name}`)
      expectTrue(book.isLive, `after ${after}, the book of ${pair.name} should be live`, {
        got: `${book.status}: ${book.reason}`,
        file: 'book-rules.ts',
      })
      const difference = bookDifference(book, this.stage.market.book(pair), this.#bookDepth)
      if (difference === null) continue
      const { side, index, expected, got } = difference
      fail(`after ${after}, the book of ${pair.name} is live and false: level ${index} of its ${side}`, {
        expected,
        got,
        file: 'book-rules.ts',
      })
    }
  }

  /** Every trade was told once, or a gap covers it; none twice. */
  expectTradesTold(after: string): void {
    if (!this.channels.includes('trades')) return
    const { tooMuch, invented, missing } = this.truth.accounts(this.record.messages)
    expectEqual(tooMuch, [], `after ${after}, trades were told more than once`)
    expectEqual(invented, [], `after ${after}, trades were told that never happened`, { file: 'parsers/trades.ts' })
    for (const trade of missing) {
      const { pair, side, price, size, time } = trade
      const what = `${pair.name} ${side} ${size} at ${price}, ${time}`
      const covered = coverage(trade, this.record.gaps, quietMs)
      if (covered === 'denied')
        fail(`after ${after}, a gap was told as fetched, and a trade of it was not told`, {
          expected: what,
          got: this.record.gaps,
          file: 'backfill.ts',
        })
      if (covered === 'untold')
        fail(`after ${after}, a trade was lost without a word`, { expected: what, got: this.record.gaps })
    }
  }

  /** No trade is missing at all. */
  expectNoTradeMissing(after: string): void {
    this.expectTradesTold(after)
    if (!this.channels.includes('trades')) return
    const { missing } = this.truth.accounts(this.record.messages)
    expectEqual(
      missing.map(({ pair, price, time }) => `${pair.name} at ${price}, ${time}`),
      [],
      `after ${after}, trades are missing`,
    )
  }

  /** Of each stream that was gapped and is whole again a gap was told. */
  expectGapsTold(after: string): void {
    const told = new Set(this.record.gaps.map(({ stream }) => stream.id))
    const untold = this.gappedSince(0).filter((id) => !told.has(id))
    expectEqual([...new Set(untold)], [], `after ${after}, no gap was told of streams that were gapped`)
  }

  #notLive(): string {
    const away = this.manager.streamStates().filter(({ status }) => status !== 'live')
    const states = away.map(({ stream, status, reason }) => `${stream.id} is ${status}: ${reason}`)
    return states.length === 0 ? 'every stream is live' : states.join('; ')
  }
}
