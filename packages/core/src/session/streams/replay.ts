import type { StreamError } from '../../errors/stream-error.js'
import type { Stream } from '../../model/stream.js'
import type { Asks } from './asks.js'
import type { SubscriptionLedger } from './ledger.js'
import type { SubscriptionWait, SubscriptionWaits } from './waits.js'

/** With what everything is asked for again. */
export interface ReplayParts {
  readonly ledger: SubscriptionLedger
  readonly waits: SubscriptionWaits
  readonly asks: Asks
}

/** Asks for everything that is wanted on each new connection, and knows whether the exchange answers on it at all. */
export class Replay {
  readonly #parts: ReplayParts
  /** The streams asked for, while that is under way. */
  #wait: SubscriptionWait | null = null
  #wasDone = false
  /** Whether the exchange has answered anything about subscriptions on the present connection. */
  #isAnswered = false
  /** Whether a connection was replaced because nothing was answered on it, and nothing has been answered since. */
  #wasUnanswered = false

  constructor(parts: ReplayParts) {
    this.#parts = parts
  }

  /** Whether it has ever been done whole: what is asked for now was there before. */
  get wasDone(): boolean {
    return this.#wasDone
  }

  /** What waits for its answers and yet speaks for nobody; null while none is under way. */
  get wait(): SubscriptionWait | null {
    return this.#wait
  }

  /** A connection is new: nothing is answered on it yet. */
  begin(): void {
    this.#isAnswered = false
  }

  /** Resolves once everything that is missing is answered, or has had its time to be; rejects where that cannot be asked for, or `fail()` says so. */
  async run(): Promise<void> {
    const { ledger, waits, asks } = this.#parts
    const { missing } = ledger
    if (missing.length > 0) {
      const wait = waits.begin('subscribe', missing)
      this.#wait = wait
      try {
        await Promise.all([asks.ask('subscribe', missing), wait.promise])
      } finally {
        wait.acceptAll()
        this.#wait = null
      }
    }
    this.#wasDone = true
  }

  /** The exchange has answered something about subscriptions. */
  onAnswer(): void {
    this.#isAnswered = true
    this.#wasUnanswered = false
  }

  /**
   * Whether a request that was not answered says that the connection is dead: where nothing at all is answered after a reconnect. A server that is like this again is not: what was live before
   * is asked for until it answers.
   */
  takesForDead(): boolean {
    if (this.#wait === null || !this.#wasDone || this.#isAnswered || this.#wasUnanswered) return false
    this.#wasUnanswered = true
    return true
  }

  /** Whether one of these streams is asked for by the replay under way, which fails then: they stay wanted, and the next attempt asks for them. */
  failFor(streams: readonly Stream[], error: StreamError): boolean {
    const wait = this.#wait
    if (wait === null || !streams.some((stream) => wait.waitsFor(stream))) return false
    wait.fail(error)
    return true
  }

  fail(error: StreamError): void {
    this.#wait?.fail(error)
  }
}
