import { abortable } from '../../clock/abortable.js'
import type { Timer } from '../../clock/clock.js'
import { within } from '../../clock/within.js'
import { obeyRetryAfter } from '../../connection/attempts/retry-delay.js'
import { StreamError, toStreamError } from '../../errors/stream-error.js'
import type { ManagerEnv, StrategyEnv } from '../../strategy/env.js'

/** What is looked at, how often, and who hears of it. */
export interface RegularLookParts {
  readonly env: ManagerEnv
  /** Time between looks, ms; up to a quarter more by chance, so that those who began together do not look together. */
  readonly intervalMs: number
  /** Resolves with the names of what seems to be wrong, none where all is well; rejects where nobody can say. It has 4 s. */
  look(env: StrategyEnv): Promise<readonly string[]>
  /** What two looks in a row found wrong. Looks go on until `stop()`. */
  onFound(names: readonly string[]): void
  /** Two looks in a row were refused for who we are (`ERR_AUTHENTICATION_FAILED`), after one that was not. */
  onRefused(error: StreamError): void
}

/** The first look is soon, ms: what is well once is what can be missed later. */
const firstLookMs = 1_000
/** A look that found something is made once more, ms later: what is on its way has arrived by then. */
const confirmationMs = 1_500
const lookTimeoutMs = 4_000
/** The longest wait after looks that failed, unless the exchange asks for more, ms. */
const longestWaitMs = 60_000
/** So many in a row that fail are told. */
const failuresToTell = 3
const jitter = 0.25

/**
 * Looks at something over REST, again and again, that nobody would say had ended: whether a listen key still lives, say. One look proves nothing: what counts is what two in a row have found.
 * A look that fails proves nothing at all, however it does (REST away, a firewall, garbage, a signing function that is away): the next ones come later, as the exchange asks for.
 */
export class RegularLook {
  readonly #parts: RegularLookParts
  #timer: Timer | null = null
  #underWay: AbortController | null = null
  /** What the last look that told anything found, and nobody was told of yet. */
  #suspects: ReadonlySet<string> = new Set()
  #isConfirming = false
  #hasSucceeded = false
  #refusals = 0
  #failures = 0
  /** Before then nobody is to look, by the clock: the exchange said so. */
  #putOffUntil = 0
  /** Those who wait for a look out of turn. */
  readonly #waiting = new Set<() => void>()

  constructor(parts: RegularLookParts) {
    this.#parts = parts
  }

  start(): void {
    this.#schedule(firstLookMs)
  }

  /**
   * Looks out of turn, at once, and resolves when that is over: with what was found told, which takes a second look, or with nothing known where looks fail, may not be made yet
   * (`Retry-After`) or have been stopped. Never rejects.
   */
  lookNow(): Promise<void> {
    const isIdle = this.#timer === null && this.#underWay === null
    if (isIdle || this.#parts.env.clock.now() < this.#putOffUntil) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.add(resolve)
      // The second look comes by itself, once what is on its way has had the time to arrive.
      if (this.#isConfirming) return
      this.#cancel()
      void this.#look()
    })
  }

  /** Ends the look under way too. */
  stop(): void {
    this.#cancel()
    this.#wake()
  }

  #cancel(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#underWay?.abort()
    this.#underWay = null
  }

  #wake(): void {
    for (const wake of this.#waiting) wake()
    this.#waiting.clear()
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#parts.env.clock.setTimer(delayMs, () => void this.#look())
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    this.#timer = null
    const underWay = new AbortController()
    this.#underWay = underWay
    const outcome = await this.#ask(underWay.signal)
    if (underWay.signal.aborted) return
    this.#underWay = null
    if (outcome instanceof StreamError) this.#onFailed(outcome)
    else this.#onLooked(outcome)
    if (!this.#isConfirming || outcome instanceof StreamError) this.#wake()
  }

  async #ask(signal: AbortSignal): Promise<readonly string[] | StreamError> {
    const { env, look } = this.#parts
    const limits = { clock: env.clock, signal, timeoutMs: lookTimeoutMs, timeoutError: notInTime }
    try {
      return await within(limits, (attempt) => abortable(look({ ...env, signal: attempt }), attempt))
    } catch (thrown) {
      return toStreamError(thrown, 'ERR_REST_FAILED', 'The account could not be looked at.')
    }
  }

  #onLooked(names: readonly string[]): void {
    this.#hasSucceeded = true
    this.#failures = 0
    this.#refusals = 0
    const found = names.filter((name) => this.#suspects.has(name))
    const suspects = names.filter((name) => !this.#suspects.has(name))
    this.#suspects = new Set(suspects)
    // Where something new turns up in every look, each would be the confirmation of the one before.
    this.#isConfirming = suspects.length > 0 && !this.#isConfirming
    this.#schedule(this.#isConfirming ? confirmationMs : this.#intervalMs)
    // Last: whoever hears of it may stop.
    if (found.length > 0) this.#parts.onFound(found)
  }

  #onFailed(error: StreamError): void {
    if (error.code === 'ERR_AUTHENTICATION_FAILED' && this.#hasSucceeded) this.#onRefused(error)
    else this.#onUnknown(error)
  }

  #onRefused(error: StreamError): void {
    this.#refusals += 1
    const isConfirmed = this.#refusals > 1
    this.#schedule(isConfirmed ? this.#intervalMs : confirmationMs)
    if (!isConfirmed) return
    // Whoever goes on all the same has a key that may not look: it is not told again.
    this.#hasSucceeded = false
    this.#refusals = 0
    this.#parts.onRefused(error)
  }

  #onUnknown(error: StreamError): void {
    const { clock, random, log, report } = this.#parts.env
    this.#failures += 1
    this.#putOffUntil = clock.now() + (error.retryAfterMs ?? 0)
    const backoffMs = this.#intervalMs * 2 ** Math.min(this.#failures - 1, 10)
    this.#schedule(obeyRetryAfter(Math.min(backoffMs, Math.max(longestWaitMs, this.#intervalMs)), error, random))
    log.warn({ event: 'account-not-looked-at', code: error.code, failures: this.#failures, err: error })
    if (this.#failures === failuresToTell) report(error)
  }

  get #intervalMs(): number {
    const { env, intervalMs } = this.#parts
    return Math.floor(intervalMs * (1 + jitter * env.random()))
  }
}

function notInTime(): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', `A look at the account was not answered within ${lookTimeoutMs} ms.`)
}
