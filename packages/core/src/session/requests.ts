import type { Timer } from '../clock/clock.js'
import { askStrategy } from '../connection/strategy-fault.js'
import { StreamError } from '../errors/stream-error.js'
import type { Stream } from '../model/stream.js'
import type { StrategyEnv } from '../strategy/env.js'
import type { OutboundMessage, SubscriptionAction, SubscriptionStrategy } from '../strategy/subscription-strategy.js'
import type { PendingRequest } from './ledger.js'

/** What the requests of a session are made from. */
export interface RequestsParts {
  readonly strategy: SubscriptionStrategy
  readonly env: StrategyEnv
  /** Ids never repeat in a manager, so that a late answer cannot be taken for one to another request. */
  readonly nextRequestId: () => number
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

  /** The transport has changed, or is gone. */
  startOver(): void {
    this.#epoch += 1
    this.#turn = Promise.resolve()
  }

  /** The messages to send for these streams, if the transport is still the same. Rejects with what the strategy throws. */
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

  async #create(action: SubscriptionAction, streams: readonly Stream[]): Promise<readonly OutboundMessage[]> {
    const { strategy, env, nextRequestId } = this.#parts
    return askStrategy('createSubscriptionMessages', async () =>
      strategy.createSubscriptionMessages(action, streams, { ...env, nextRequestId }),
    )
  }
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
