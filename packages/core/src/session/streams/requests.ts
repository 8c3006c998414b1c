import { abortable } from '../../clock/abortable.js'
import type { Timer } from '../../clock/clock.js'
import { isPromise } from '../../clock/is-promise.js'
import { within } from '../../clock/within.js'
import { askStrategy } from '../../connection/strategy-fault.js'
import { StreamError, toStreamError } from '../../errors/stream-error.js'
import type { Stream } from '../../model/stream.js'
import type { StrategyEnv } from '../../strategy/env.js'
import type { OutboundMessage, SubscriptionAction, SubscriptionStrategy } from '../../strategy/subscription-strategy.js'
import type { PendingRequest } from './ledger.js'

/** What the requests of a session are made from. */
export interface RequestsParts {
  readonly strategy: SubscriptionStrategy
  readonly env: StrategyEnv
  /** Ids never repeat in a manager, so that a late answer cannot be taken for one to another request. */
  readonly nextRequestId: () => number
  /** How long an answer may take, and so may the making of a request that has to be signed elsewhere, ms. */
  readonly acknowledgementTimeoutMs: number
  /** A request was not answered whole in time. */
  readonly onTimeout: (request: PendingRequest) => void
}

/**
 * The subscription requests of one session: prepared in the order they are asked for, though one may take longer to be signed than the next, and each given a
 * time to be answered in.
 */
export class Requests {
  readonly #parts: RequestsParts
  readonly #timers = new Map<PendingRequest, Timer>()
  #epoch = 0
  #turn: Promise<void> = Promise.resolve()

  constructor(parts: RequestsParts) {
    this.#parts = parts
  }

  /** Counts transports: to be the same before and after `prepare()`. */
  get epoch(): number {
    return this.#epoch
  }

  /** Whether the strategy can find out the exchange's time. */
  get canMeasureTime(): boolean {
    return this.#parts.strategy.measureTime !== undefined
  }

  /** The transport has changed, or is gone. */
  startOver(): void {
    this.#epoch += 1
    this.#turn = Promise.resolve()
  }

  /**
   * The messages to send for these streams, if the transport is still the same. Rejects with what the strategy throws, with `ERR_SIGNING_FAILED` where it does not
   * settle in time.
   */
  async prepare(action: SubscriptionAction, streams: readonly Stream[]): Promise<readonly OutboundMessage[]> {
    const before = this.#turn
    const created = this.#create(action, streams)
    this.#turn = Promise.allSettled([before, created]).then(() => {})
    await before
    const messages = await created
    assertComplete(messages, streams)
    return messages
  }

  /** The time to answer begins with the request's going out. */
  startTimer(request: PendingRequest): void {
    const { env, acknowledgementTimeoutMs, onTimeout } = this.#parts
    const timer = env.clock.setTimer(acknowledgementTimeoutMs, () => {
      this.#timers.delete(request)
      onTimeout(request)
    })
    this.#timers.set(request, timer)
  }

  /** Cancels the timers of all requests but these. */
  keepTimers(requests: readonly PendingRequest[]): void {
    const kept = new Set(requests)
    for (const [request, timer] of this.#timers) {
      if (kept.has(request)) continue
      timer.cancel()
      this.#timers.delete(request)
    }
  }

  /** Has the strategy find out the exchange's time, after that refused one of ours. Resolves with whether it makes sense to ask again. */
  async measureTime(): Promise<boolean> {
    const { strategy, env } = this.#parts
    if (strategy.measureTime === undefined) return false
    try {
      await this.#inTime(askStrategy('measureTime', async () => strategy.measureTime?.(env)))
      return true
    } catch (thrown) {
      const err = toStreamError(thrown, 'ERR_CLOCK_SKEW', 'The exchange’s time could not be measured.')
      env.log.warn({ event: 'time-not-measured', code: err.code, err })
      return false
    }
  }

  async #create(action: SubscriptionAction, streams: readonly Stream[]): Promise<readonly OutboundMessage[]> {
    const { strategy, env, nextRequestId } = this.#parts
    return askStrategy('createSubscriptionMessages', async () => {
      const made = strategy.createSubscriptionMessages(action, streams, { ...env, nextRequestId })
      const isUnderWay: boolean = isPromise(made)
      // What is at hand needs no timer.
      return isUnderWay ? this.#inTime(Promise.resolve(made)) : made
    })
  }

  /** What a strategy, or a user's signing function behind it, never settles must not hold up what comes after it. */
  #inTime<Value>(underWay: Promise<Value>): Promise<Value> {
    const { env, acknowledgementTimeoutMs: timeoutMs } = this.#parts
    const { clock, signal } = env
    const limits = { clock, signal, timeoutMs, timeoutError: () => notMadeInTime(timeoutMs) }
    return within(limits, (attempt) => abortable(underWay, attempt))
  }
}

function notMadeInTime(timeoutMs: number): StreamError {
  return new StreamError('ERR_SIGNING_FAILED', `A request was not signed within ${timeoutMs} ms.`, {
    hint: 'Look at where the key of your signing function lives, and have the function give up by itself.',
  })
}

/** A stream that no message asks for would be waited for for ever. */
function assertComplete(messages: readonly OutboundMessage[], streams: readonly Stream[]): void {
  if (!Array.isArray(messages as unknown))
    throw new StreamError('ERR_INVALID_STRATEGY', 'No list of subscription messages was made.')
  if (!messages.every(({ payload }) => typeof payload === 'string' || payload instanceof Uint8Array))
    throw new StreamError('ERR_INVALID_STRATEGY', 'A subscription message has no payload that could be sent.')
  const asked = new Set(messages.flatMap((message) => message.streams.map((stream) => stream.id)))
  const missing = streams.filter((stream) => !asked.has(stream.id))
  if (missing.length === 0) return
  throw new StreamError(
    'ERR_INVALID_STRATEGY',
    `No subscription message was made for ${missing.length} of ${streams.length} streams.`,
    {
      context: { First: missing[0]?.id ?? '' },
      hint: 'createSubscriptionMessages() must return messages that name each stream once.',
    },
  )
}
