import type { Clock, Timer } from '../../clock/clock.js'
import { growingDelayMs } from '../../clock/growing-delay.js'
import { StreamError } from '../../errors/stream-error.js'
import type { RequestLimit } from '../../strategy/request-limit.js'

/** What a limiter is made from. */
export interface RestLimiterParts {
  readonly limit: RequestLimit
  readonly clock: Clock
  /** 0 (inclusive) to 1 (exclusive): spreads pauses. */
  readonly random: () => number
  onRateLimited?(pauseMs: number, error: StreamError): void
}

/** One request's terms. */
export interface RequestTerms {
  readonly signal: AbortSignal
  /** Higher goes first; asked when a turn is given, so it may change while waiting. Equal ones go in order. */
  readonly priority: () => number
}

interface Waiting {
  readonly priority: () => number
  readonly grant: () => void
  readonly refuse: (reason: unknown) => void
}

const pauses = { firstMs: 1_000, longestMs: 60_000 } as const

/** Requests under way at a time. Each may need a socket of its own, and a machine that opens a hundred at once is slower with all of them. */
const mostUnderWay = 20

/**
 * Lets REST requests of one kind out, of all streams of one manager: at once while the exchange bears it, and then as fast as what was spent comes back. A request counts from when it goes
 * out until a whole window after it ended, so that however long it was on its way, the exchange never sees more than the limit in any window. One that it refuses for
 * their number all the same (`ERR_RATE_LIMITED`) takes its turn again after a pause that holds everybody back; every other failure is its caller's.
 */
export class RestLimiter {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #onRateLimited: (pauseMs: number, error: StreamError) => void
  readonly #limit: RequestLimit
  readonly #waiting: Waiting[] = []
  /** When the requests of the last window ended, the oldest first. */
  readonly #endedAt: number[] = []
  #pausedUntil: number = Number.NEGATIVE_INFINITY
  #pauses = 0
  #underWay = 0
  #timer: Timer | null = null
  #isClosed = false

  constructor({ limit, clock, random, onRateLimited }: RestLimiterParts) {
    this.#clock = clock
    this.#random = random
    this.#onRateLimited = (pauseMs, error) => onRateLimited?.(pauseMs, error)
    this.#limit = limit
  }

  /** Requests that wait for their turn. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Runs `request` when its turn comes. Rejects with the signal's reason, with `ERR_CLOSED`, or with what `request` rejects with. */
  async run<Result>(request: (signal: AbortSignal) => Promise<Result>, terms: RequestTerms): Promise<Result> {
    for (;;) {
      await this.#turn(terms)
      try {
        terms.signal.throwIfAborted()
        const result = await request(terms.signal)
        this.#pauses = 0
        return result
      } catch (thrown) {
        if (terms.signal.aborted || !isRateLimited(thrown)) throw thrown
        this.#pause(thrown)
      } finally {
        this.#underWay -= 1
        this.#endedAt.push(this.#clock.now())
        this.#dispatch()
      }
    }
  }

  /** Refuses everything that waits and everything to come with `ERR_CLOSED`. */
  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
    this.#timer = null
    for (const { refuse } of this.#waiting.splice(0)) refuse(closed())
  }

  #turn({ signal, priority }: RequestTerms): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = this.#waiting.indexOf(waiting)
        if (at !== -1) this.#waiting.splice(at, 1)
        reject(signal.reason)
      }
      const settled = (): void => signal.removeEventListener('abort', leave)
      const waiting: Waiting = {
        priority,
        grant: () => {
          settled()
          resolve()
        },
        refuse: (reason) => {
          settled()
          reject(reason)
        },
      }
      if (signal.aborted) return reject(signal.reason)
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(waiting)
      this.#dispatch()
    })
  }

  #dispatch(): void {
    while (this.#waiting.length > 0 && this.#underWay < mostUnderWay && !this.#isClosed) {
      const now = this.#clock.now()
      const earliest = Math.max(this.#pausedUntil, this.#nextTurn(now))
      if (now < earliest) {
        // One that has yet to end lets the next ones out.
        if (earliest !== Number.POSITIVE_INFINITY) this.#wakeIn(earliest - now)
        return
      }
      this.#underWay += 1
      this.#takeFirst().grant()
    }
  }

  /** When the limit allows one more: `now` or earlier, later, or never before one of those under way has ended. */
  #nextTurn(now: number): number {
    const { requests, windowMs } = this.#limit
    const endedAt = this.#endedAt
    while (endedAt.length > 0 && (endedAt[0] as number) + windowMs <= now) endedAt.shift()
    if (this.#underWay + endedAt.length < requests) return now
    return endedAt.length === 0 ? Number.POSITIVE_INFINITY : (endedAt[0] as number) + windowMs
  }

  #takeFirst(): Waiting {
    let first = 0
    let highest = Number.NEGATIVE_INFINITY
    for (const [index, { priority }] of this.#waiting.entries()) {
      const own = priority()
      if (own <= highest) continue
      highest = own
      first = index
    }
    return this.#waiting.splice(first, 1)[0] as Waiting
  }

  #wakeIn(delayMs: number): void {
    this.#timer?.cancel()
    // Whole milliseconds, rounded up: a timer that fires a hair early would only set itself again.
    this.#timer = this.#clock.setTimer(Math.ceil(delayMs), () => {
      this.#timer = null
      this.#dispatch()
    })
  }

  /** Several requests may be refused together: the first sets the pause. */
  #pause(error: StreamError): void {
    const now = this.#clock.now()
    if (now < this.#pausedUntil) return
    this.#pauses += 1
    const pauseMs = Math.max(growingDelayMs(pauses, this.#pauses, this.#random), error.retryAfterMs ?? 0)
    this.#pausedUntil = now + pauseMs
    this.#onRateLimited(pauseMs, error)
  }
}

function isRateLimited(thrown: unknown): thrown is StreamError {
  return thrown instanceof StreamError && thrown.code === 'ERR_RATE_LIMITED'
}

function closed(): StreamError {
  return new StreamError('ERR_CLOSED', 'The feed was closed before the request was made.')
}
