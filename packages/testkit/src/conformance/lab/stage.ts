import {
  type FeedMessage,
  type Instrument,
  MessageType,
  WebSocketManager,
  type WebSocketManagerOptions,
  type WebSocketStrategySet,
} from '@tapewire/core'
import { createEnv, type StrategyEnv } from '@tapewire/core/adapter'
import { ManualClock } from '@tapewire/core/testing'
import { MarketSimulator } from '../../market/market-simulator.js'
import { SimulatedNetwork } from '../../network/simulated-network.js'
import { createRandom } from '../../random.js'
import type { ExchangeEmulation } from '../../venue/exchange-emulation.js'
import type { Venue } from '../../venue/venue.js'
import type { EmulatedVenue, VenueControl } from '../../venue/venue-control.js'
import { type FailureDetails, fail } from '../check-failure.js'
import { CountedClock } from './counted-clock.js'
import { StageRecord } from './stage-record.js'
import { WatchedVenue } from './watched-venue.js'

/** What a stage is set with. */
export interface StageOptions {
  /** What its market trades. Default: those of the lab. */
  readonly instruments: readonly Instrument[]
  /** Levels a side of each book. Default 30. */
  readonly levels?: number
  /** Default 1. The same seed gives the same run. */
  readonly seed?: number
  /** What the emulation draws from, from 0 to 1; a constant has each connection begin with the same numbers of the exchange's own. Default: by the seed. */
  readonly chance?: () => number
  /** One way, ms. Default 5. */
  readonly latencyMs?: number
  /** On top of it, ms. Default 0. */
  readonly jitterMs?: number
}

/** How long anything may take on a stage where a check says nothing else, ms of its clock. */
const patienceMs = 60_000

/** A manager on a stage, and what it has told. */
export interface StagedManager {
  readonly manager: WebSocketManager
  readonly record: StageRecord
  /** Its own part of the clock: what waits there after `close()` was left behind. */
  readonly clock: CountedClock
}

/**
 * An exchange, a network and managers on one clock that stands still: hours pass in a moment, without a real socket, and the same way each time. The market moves when
 * it is told to (`market.step()`, `market.start(ms)`), time passes in `pass`, `until` and `settled`.
 */
export class Stage {
  readonly clock: ManualClock = new ManualClock()
  readonly instruments: readonly Instrument[]
  readonly network: SimulatedNetwork
  /** The emulation with everything that clients do to it. */
  readonly venue: WatchedVenue
  readonly #emulation: ExchangeEmulation
  readonly #levels: number
  #market: MarketSimulator
  #emulated: Venue & Partial<EmulatedVenue>
  readonly #managers: WebSocketManager[] = []
  /** Frames that no parser of its managers could tell, whatever their handlers made of it. */
  readonly unknown: FeedMessage[] = []

  constructor(emulation: ExchangeEmulation, options: StageOptions) {
    const { instruments, levels = 30, seed = 1, chance = createRandom(~seed), latencyMs = 5, jitterMs = 0 } = options
    const { clock } = this
    this.instruments = instruments
    this.#emulation = emulation
    this.#levels = levels
    this.#market = this.#newMarket(seed)
    this.#emulated = emulation.createVenue({ clock, market: this.#market, random: chance })
    this.venue = new WatchedVenue(this.#emulated, () => clock.now())
    this.network = new SimulatedNetwork({
      venue: this.venue,
      clock,
      random: createRandom(seed ^ 0x5eed),
      latencyMs,
      jitterMs,
    })
  }

  get market(): MarketSimulator {
    return this.#market
  }

  /** The emulation itself: its account, where it has one. */
  get emulated(): Venue & Partial<EmulatedVenue> {
    return this.#emulated
  }

  /** Ends every connection, and the exchange is another from then on: its market has other books, the ids of the first instrument are lower than they were and those of the second higher. */
  restartExchange(): void {
    const { clock } = this
    const [first, second] = this.instruments
    const lastIdOf = (market: MarketSimulator, pair: Instrument | undefined): number =>
      pair === undefined ? 0 : market.book(pair, 1).lastId
    let seed = 2
    let market = this.#newMarket(seed)
    while (
      lastIdOf(market, first) >= lastIdOf(this.#market, first) ||
      (second !== undefined && lastIdOf(market, second) <= lastIdOf(this.#market, second))
    ) {
      seed += 1
      market = this.#newMarket(seed)
    }
    this.#market.stop()
    this.#market = market
    this.#emulated = this.#emulation.createVenue({ clock, market, random: createRandom(~seed) })
    this.venue.replace(this.#emulated)
    this.network.faults.cut()
  }

  #newMarket(seed: number): MarketSimulator {
    const { instruments: pairs, clock } = this
    return new MarketSimulator({ pairs, seed, clock, levels: this.#levels })
  }

  /** What can be made to go wrong with the venue: a check says in its `needs` which of it it uses. */
  get control(): VenueControl {
    return (this.emulated as { readonly control?: VenueControl }).control as VenueControl
  }

  /** A manager over these strategies, not initialised, of which everything is recorded. Closed with the stage. */
  manager(strategies: WebSocketStrategySet, options: Partial<WebSocketManagerOptions> = {}): StagedManager {
    const record = new StageRecord()
    const clock = new CountedClock(this.clock)
    const handlers = { ...record.handlers, ...options }
    const manager = new WebSocketManager({
      strategies,
      random: createRandom(7),
      clock,
      network: this.network,
      ...handlers,
      onMessage: (message) => {
        if (message.type === MessageType.Unknown) this.unknown.push(message)
        return handlers.onMessage?.(message)
      },
    })
    this.#managers.push(manager)
    return { manager, record, clock }
  }

  /** For calls of a strategy by hand. */
  env(signal?: AbortSignal): StrategyEnv {
    const { clock, network } = this
    return createEnv({ clock, network, random: createRandom(7), ...(signal === undefined ? {} : { signal }) })
  }

  /** Lets this much time pass, one timer after the other, with everything that each brings about. */
  async pass(durationMs: number): Promise<void> {
    const end = this.clock.now() + durationMs
    await turn()
    while (this.clock.fireNext(end - this.clock.now())) await turn()
    this.clock.advance(end - this.clock.now())
    await turn()
  }

  /** Lets time pass until a condition holds; fails, in these words, where it does not within `limitMs`. `why` is asked then. */
  async until(
    condition: () => boolean,
    what: string,
    limitMs: number = patienceMs,
    why: () => FailureDetails = () => ({}),
  ): Promise<void> {
    const end = this.clock.now() + limitMs
    await turn()
    while (!condition()) {
      if (!this.clock.fireNext(end - this.clock.now())) {
        this.clock.advance(Math.max(0, end - this.clock.now()))
        await turn()
        if (condition()) return
        fail(`${what}, and it did not come about in ${limitMs / 1_000} s`, why())
      }
      await turn()
    }
  }

  /** Lets time pass until this is settled. Rejects as it does; fails, in these words, where it is not settled within `limitMs`. `why` is asked then. */
  async settled<Result>(
    work: Promise<Result>,
    what: string,
    limitMs: number = patienceMs,
    why: () => FailureDetails = () => ({}),
  ): Promise<Result> {
    let isSettled = false
    const settle = (): void => {
      isSettled = true
    }
    work.then(settle, settle)
    await this.until(() => isSettled, what, limitMs, why)
    return work
  }

  /** Closes the managers and ends everything. */
  async close(): Promise<void> {
    this.market.stop()
    this.network.faults.resume()
    const closing = Promise.allSettled(this.#managers.map((manager) => manager.close()))
    let isClosed = false
    void closing.then(() => {
      isClosed = true
    })
    // Bounded: an adapter that does not let go is the business of one check, and must not hold up the rest.
    for (let round = 0; round < 2_000 && !isClosed; round++) {
      this.clock.fireNext(120_000)
      await turn()
    }
    this.network.close()
    this.venue.close()
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
