import type { Clock, Timer } from '../clock/clock.js'
import { StreamError, toStreamError } from '../errors/stream-error.js'
import type { Instrument } from '../model/instrument.js'
import { type BookRetry, type BookRules, type BookSnapshot, defaultBookRetry } from '../strategy/book-rules.js'
import { ruleFault } from './ask-rules.js'

/** What a recovery needs from around it. */
export interface RecoveryParts {
  readonly symbol: Instrument
  readonly rules: BookRules
  readonly clock: Clock
  readonly random: () => number
  /** Fetches a snapshot, in turn with everybody else's. */
  requestSnapshot(signal: AbortSignal): Promise<BookSnapshot>
  /** Ends the subscription, says so by `onEnded`, and asks for it anew. */
  resubscribe(onEnded: () => void): Promise<void>
  /** Takes a fetched snapshot and returns null, or says why it does not fit. */
  offer(snapshot: BookSnapshot): StreamError | null
  onFailure(error: StreamError, failures: number, isExhausted: boolean): void
}

/** A snapshot that was asked for. */
interface SnapshotRequest {
  /** Ends with it, where it is not needed any more. */
  readonly life: AbortController
  isAnswered: boolean
}

/** A loss sooner than this after the one before is a relapse, ms: asking at once again and again would help nobody. */
const relapseMs = 10_000

/**
 * Brings a book the snapshot it needs, in the way the exchange has for it, again and again until one fits: at once after a
 * first loss, later after random, growing delays.
 */
export class Recovery {
  readonly #parts: RecoveryParts
  readonly #retry: BookRetry
  #request: SnapshotRequest | null = null
  #subscription: symbol | null = null
  #pushesSince: number = Number.NEGATIVE_INFINITY
  #timer: Timer | null = null
  #attempts = 0
  #failures = 0
  #relapses = 0
  #lastLossAt: number = Number.NEGATIVE_INFINITY

  constructor(parts: RecoveryParts) {
    this.#parts = parts
    this.#retry = parts.rules.retry ?? defaultBookRetry
  }

  /** Snapshots asked for since the book was last live. */
  get attempts(): number {
    return this.#attempts
  }

  /**
   * Snapshots in the stream count from here on, epoch ms. While a subscription is being ended none does: after it nothing would follow until the next
   * subscription begins, and a book made of it would stand still and look live.
   */
  get pushesSince(): number {
    return this.#pushesSince
  }

  /** The subscription is confirmed: a REST snapshot can be fetched now, and one in the stream is on its way. */
  start(): void {
    this.cancel()
    this.#failures = 0
    this.#attempts += 1
    if (this.#parts.rules.source === 'rest') void this.#fetch()
    else this.#expectPush()
  }

  /** The subscription began earlier: its snapshot has to be asked for. */
  join(): void {
    this.cancel()
    this.#failures = 0
    this.#schedule(0)
  }

  /** Something was lost while the subscription goes on. */
  recover(): void {
    this.cancel()
    const now = this.#parts.clock.now()
    this.#relapses = now - this.#lastLossAt < relapseMs ? this.#relapses + 1 : 0
    this.#lastLossAt = now
    this.#schedule(this.#relapses === 0 ? 0 : this.#delayMs(this.#relapses))
  }

  /** The book is live: whatever was under way is not needed any more. */
  settle(): void {
    this.#stopWaiting()
    this.#attempts = 0
    this.#failures = 0
  }

  /** Stops everything, without a verdict. */
  cancel(): void {
    this.#stopWaiting()
    this.#subscription = null
    this.#pushesSince = Number.NEGATIVE_INFINITY
  }

  #stopWaiting(): void {
    this.#timer?.cancel()
    this.#timer = null
    // One that was answered, as when its snapshot made the book live, has nothing left to end.
    if (this.#request?.isAnswered === false) {
      this.#request.life.abort(new StreamError('ERR_ABORTED', 'The snapshot is not needed any more.'))
    }
    this.#request = null
  }

  #schedule(delayMs: number): void {
    if (this.#parts.rules.source === 'replace') return
    if (delayMs === 0) this.#attempt()
    else this.#timer = this.#parts.clock.setTimer(delayMs, () => this.#attempt())
  }

  #attempt(): void {
    this.#timer = null
    this.#attempts += 1
    if (this.#parts.rules.source === 'rest') void this.#fetch()
    else void this.#subscribeAgain()
  }

  async #fetch(): Promise<void> {
    const request: SnapshotRequest = { life: new AbortController(), isAnswered: false }
    this.#request = request
    let snapshot: BookSnapshot
    try {
      snapshot = await this.#parts.requestSnapshot(request.life.signal)
    } catch (thrown) {
      if (this.#request === request) this.#fail(thrown instanceof StreamError ? thrown : this.#brokenFetch(thrown))
      return
    }
    if (this.#request !== request) return
    request.isAnswered = true
    const fault = this.#parts.offer(snapshot)
    if (fault !== null && this.#request === request) this.#fail(fault)
  }

  #brokenFetch(thrown: unknown): StreamError {
    return ruleFault(this.#parts.symbol, 'The rule fetchSnapshot broke: what it threw is no StreamError.', thrown)
  }

  async #subscribeAgain(): Promise<void> {
    // Settling does not end the watch: a snapshot may come before the exchange refuses the new subscription.
    const subscription = Symbol('subscription')
    this.#subscription = subscription
    this.#pushesSince = Number.POSITIVE_INFINITY
    const onEnded = (): void => {
      if (this.#subscription === subscription) this.#pushesSince = this.#parts.clock.now()
    }
    this.#expectPush()
    try {
      await this.#parts.resubscribe(onEnded)
      // Without a connection there was nothing to end.
      if (this.#subscription === subscription && this.#pushesSince === Number.POSITIVE_INFINITY) onEnded()
    } catch (thrown) {
      if (this.#subscription !== subscription) return
      this.cancel()
      const error = toStreamError(thrown, 'ERR_SUBSCRIPTION_REJECTED', 'The stream could not be subscribed again.')
      // It was there before: whatever the exchange says of it now, it is asked again like one that fails for the moment.
      this.#fail(error, true)
    }
  }

  #expectPush(): void {
    const { rules, clock } = this.#parts
    if (rules.source !== 'stream') return
    this.#timer = clock.setTimer(rules.snapshotTimeoutMs, () => {
      const shortMessage = `No snapshot came within ${rules.snapshotTimeoutMs} ms of the subscription.`
      const hint = 'The exchange may not know this instrument or depth on this channel.'
      this.#fail(new StreamError('ERR_BOOK_NOT_LIVE', shortMessage, { hint }))
    })
  }

  #fail(error: StreamError, mayPass: boolean = error.retryable): void {
    this.#request = null
    this.#failures += 1
    const isExhausted = this.#failures >= this.#retry.attempts || !mayPass
    const delayMs = isExhausted ? this.#retry.pauseMs : this.#delayMs(this.#failures + this.#relapses)
    this.#schedule(Math.max(delayMs, error.retryAfterMs ?? 0))
    this.#parts.onFailure(error, this.#failures, isExhausted)
  }

  /** Between the shortest delay and a bound that doubles with each step, so that many books do not ask in step. */
  #delayMs(step: number): number {
    const { initialDelayMs, maxDelayMs } = this.#retry
    const bound = Math.min(maxDelayMs, initialDelayMs * 2 ** Math.min(step, 30))
    return initialDelayMs + Math.max(0, bound - initialDelayMs) * this.#parts.random()
  }
}
