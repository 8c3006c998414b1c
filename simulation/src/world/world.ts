import { type Instrument, parseInstrument, WebSocketManager, WebSocketStrategySet } from '@tapewire/core'
import { ManualClock } from '@tapewire/core/testing'
import {
  CountedClock,
  createRandom,
  type EmulatedVenue,
  MarketSimulator,
  SimulatedNetwork,
  type Venue,
} from '@tapewire/testkit'
import type { Script } from '../script/script.js'
import { ObservedNetwork } from './observed-network.js'
import { type SimulatedExchange, simulatedExchanges } from './simulated-exchange.js'
import { keptTrace, noTrace, type Trace } from './trace.js'
import { User } from './user.js'
import type { Watch } from './watch.js'

/** Levels a side of each book: few, so that a run is quick, and changes are near the touch. */
const levels = 8

const names = ['BTC', 'ETH', 'SOL', 'XRP', 'ADA', 'DOT', 'LTC', 'TRX', 'UNI', 'XLM', 'ATOM', 'NEAR']

/** Pairs by their number: real names first, made-up ones behind them. */
function pairsUpTo(count: number): readonly Instrument[] {
  return Array.from({ length: count }, (_, index) => parseInstrument(`${names[index] ?? `COIN${index}`}/USDT`))
}

/** What went wrong, by the name of the watch that saw it. */
export interface Violation {
  readonly watch: string
  readonly what: string
  /** Since the beginning, ms. */
  readonly at: number
}

/** Who hears what the client does with its sockets. */
export interface SocketListener {
  opening(id: number): void
  failed(error: unknown): void
  sent(id: number, text: string): void
}

/** How a world is run, whatever its script says. */
export interface WorldOptions {
  /** Whether each line of what happens is kept. Default false. */
  readonly isTraced?: boolean
  /** How many of its latest trades the market keeps of each pair. Default: the market's own. */
  readonly keptTrades?: number
}

/** Everything of one run: an exchange, a network, a manager, a user, and those who watch. */
export class World {
  readonly script: Script
  readonly exchange: SimulatedExchange
  readonly clock: ManualClock
  readonly pairs: readonly Instrument[]
  readonly market: MarketSimulator
  readonly venue: EmulatedVenue
  readonly network: SimulatedNetwork
  readonly observed: ObservedNetwork
  /** The clock as the manager has it. */
  readonly managerClock: CountedClock
  readonly manager: WebSocketManager
  readonly user: User
  readonly trace: Trace
  /** How long a message takes the user's handler, ms; 0 is at once. */
  handlerMs = 0
  /** Whether the exchange loses what is asked of it, pings aside: it is neither done nor answered. */
  losesSubscriptions = false
  readonly #startedAt: number
  readonly #watches: readonly Watch[]
  #violation: Violation | null = null
  #socketListener: SocketListener | null = null

  constructor(script: Script, watchesOf: (world: World) => readonly Watch[], options: WorldOptions = {}) {
    const { isTraced = false, keptTrades } = options
    this.script = script
    this.exchange = simulatedExchanges[script.exchange]
    this.clock = new ManualClock()
    this.#startedAt = this.clock.now()
    this.trace = isTraced ? keptTrace(this.clock) : noTrace
    this.pairs = pairsUpTo(script.pairs)
    const { clock, pairs } = this
    const { seed } = script
    this.market = new MarketSimulator({
      pairs,
      seed,
      clock,
      levels,
      // Nobody here reads them.
      keptCandles: 1,
      ...(keptTrades === undefined ? {} : { keptTrades }),
    })
    this.venue = this.exchange.createVenue({ clock, market: this.market, random: createRandom(seed ^ 0x1111) })
    const { latencyMs, jitterMs } = script
    this.network = new SimulatedNetwork({
      venue: this.#forgetfulVenue(),
      clock,
      random: createRandom(seed ^ 0x2222),
      latencyMs,
      jitterMs,
    })
    this.observed = new ObservedNetwork(this.network, {
      opening: (id) => {
        this.trace.note('socket', `${id} is asked for`)
        this.#socketListener?.opening(id)
      },
      opened: (id) => this.trace.note('socket', `${id} is open`),
      failed: (id, error) => {
        this.trace.note('socket', `${id} could not be had: ${codeOf(error)}`)
        this.#socketListener?.failed(error)
      },
      sent: (id, text) => {
        this.trace.note('socket', `${id} sends ${text}`)
        this.#socketListener?.sent(id, text)
      },
      ended: (id, code) => this.trace.note('socket', `${id} has ended (${code})`),
    })
    this.managerClock = new CountedClock(clock)
    this.manager = this.#makeManager()
    this.user = new User({
      manager: this.manager,
      clock,
      pairs,
      script,
      trace: this.trace,
      onFailedStart: () => this.#each((watch) => watch.afterFailedStart?.()),
      onSurprise: (what) => this.violate('surprise', what),
    })
    this.#watches = watchesOf(this)
  }

  /** Since the beginning, ms. */
  get elapsedMs(): number {
    return this.clock.now() - this.#startedAt
  }

  /** The first thing that went wrong; null while nothing has. */
  get violation(): Violation | null {
    return this.#violation
  }

  /** Has one watch hear what the client does with its sockets. */
  listenToSockets(listener: SocketListener): void {
    this.#socketListener = listener
  }

  /** Something went wrong. What follows from it is of no interest. */
  violate(watch: string, what: string): void {
    if (this.#violation !== null) return
    this.#violation = { watch, what, at: this.elapsedMs }
    this.trace.note('check', `${watch}: ${what}`)
  }

  /** Has every watch look at how things are after a step. */
  checkStep(): void {
    this.#each((watch) => watch.afterStep?.())
  }

  /** What keeps the world from being at rest, in words of the first watch that it does; the others are not asked, which takes time. */
  doubts(): readonly string[] {
    for (const watch of this.#watches) {
      const doubts = watch.doubts?.() ?? []
      if (doubts.length > 0) return doubts
    }
    return []
  }

  /** Has every watch look at how things are at rest, with nothing on its way. */
  checkRest(): void {
    this.#each((watch) => watch.atRest?.())
  }

  /** Has every watch look at what is left behind. */
  checkClosed(): void {
    this.#each((watch) => watch.afterClose?.())
  }

  #each(look: (watch: Watch) => string | null | undefined): void {
    for (const watch of this.#watches) {
      const what = look(watch)
      if (typeof what === 'string') this.violate(watch.name, what)
    }
  }

  #forgetfulVenue(): Venue {
    const { venue } = this
    return {
      exchange: venue.exchange,
      accept: (client, request) => {
        const session = venue.accept(client, request)
        if ('status' in session) return session
        return {
          get streams() {
            return session.streams ?? []
          },
          onMessage: (data, isBinary) => {
            if (!this.losesSubscriptions || /ping/i.test(data.toString('latin1'))) session.onMessage(data, isBinary)
          },
          onPing: () => session.onPing?.(),
          onClose: () => session.onClose(),
        }
      },
      handle: (request) => venue.handle(request),
      close: () => venue.close(),
    }
  }

  #makeManager(): WebSocketManager {
    const { script, exchange, managerClock, observed, trace } = this
    const options = script.isPrivate
      ? // A host of its own: what an adapter keeps for an account in this process must not meet that of another run.
        { restUrl: `https://seed-${script.seed}.example` }
      : script.options
    const adapter = script.isPrivate
      ? exchange.definition.private(exchange.credentials, options)
      : exchange.definition.public(options)
    const { lifetimeMs: connectionLifetimeMs } = script
    const strategies =
      connectionLifetimeMs === null
        ? adapter
        : new WebSocketStrategySet({ ...adapter, limits: { ...adapter.limits, connectionLifetimeMs } })
    return new WebSocketManager({
      strategies,
      config: script.config,
      clock: managerClock,
      random: createRandom(script.seed ^ 0x3333),
      network: observed,
      onMessage: (message) => {
        this.#each((watch) => watch.onMessage?.(message))
        if (this.handlerMs > 0)
          return new Promise((resolve) => this.clock.setTimer(this.handlerMs, () => resolve(undefined)))
        return undefined
      },
      onConnectionState: (event) => {
        const { connectionId, previous, state, attempt, delayMs, breaker, error } = event
        const next = attempt === null ? '' : `, attempt ${attempt} in ${delayMs} ms, breaker ${breaker}`
        trace.note(
          'manager',
          `${connectionId} ${previous} -> ${state}${error === null ? '' : ` (${error.code})`}${next}`,
        )
        this.#each((watch) => watch.onConnection?.(event))
      },
      onStreamState: (state) => {
        trace.note('stream', `${state.stream.id} is ${state.status}: ${state.reason}`)
        this.#each((watch) => watch.onStream?.(state))
      },
      onBookEvent: (event) => trace.note('book', `${event.kind} of ${event.symbol.name}`),
      onDrop: (event) => {
        trace.note('stream', `${event.stream?.id ?? 'nobody’s'} lost a message: too many wait`)
        this.#each((watch) => watch.onDrop?.(event))
      },
      onGap: (event) => {
        const { stream, action, backfilled, reason, fault } = event
        trace.note(
          'stream',
          `${stream.id} had a gap, ${action} (${backfilled} fetched): ${reason}${fault === null ? '' : `; ${fault}`}`,
        )
        this.#each((watch) => watch.onGap?.(event))
      },
      onError: (error) => {
        trace.note('manager', `error ${error.code}: ${error.shortMessage}`)
        this.#each((watch) => watch.onError?.(error))
      },
    })
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
