import type { Stream } from '../../model/stream.js'
import type { SubscriptionAction } from '../../strategy/subscription-strategy.js'
import type { Asks } from './asks.js'
import type { RefusedStream, Settlement, SubscriptionLedger } from './ledger.js'
import type { Requests } from './requests.js'
import type { SubscriptionWaits } from './waits.js'

/** With what streams are asked for once more, and who hears where that cannot be. */
export interface LateSignaturesParts {
  readonly requests: Requests
  readonly ledger: SubscriptionLedger
  readonly waits: SubscriptionWaits
  readonly asks: Asks
  /** The refusal of these stands. */
  readonly onRefused: (action: SubscriptionAction, refused: readonly RefusedStream[]) => void
}

/**
 * Requests whose signature was too old or too new for the exchange (`ERR_CLOCK_SKEW`), because our clock is off or has jumped: the exchange's time is measured, and their streams are asked
 * for once more, before anybody hears of the refusal.
 */
export class LateSignatures {
  readonly #parts: LateSignaturesParts
  /** Streams that are asked for a second time. */
  readonly #askedAgain = new Set<Stream>()

  constructor(parts: LateSignaturesParts) {
    this.#parts = parts
  }

  /** The answer without the streams that are asked for once more. */
  without(settlement: Settlement): Settlement {
    const { action, accepted, refused } = settlement
    const isLate = ({ stream, refusal }: RefusedStream): boolean =>
      refusal.code === 'ERR_CLOCK_SKEW' && !this.#askedAgain.has(stream)
    const late = this.#parts.requests.canMeasureTime ? refused.filter(isLate) : []
    for (const { stream } of refused) this.#askedAgain.delete(stream)
    for (const stream of accepted) this.#askedAgain.delete(stream)
    if (late.length === 0) return settlement
    void this.#askAgain(action, late)
    return { ...settlement, refused: refused.filter((one) => !late.includes(one)) }
  }

  /** The connection is gone: on the next everything that is wanted is asked for anyway. */
  clear(): void {
    this.#askedAgain.clear()
  }

  async #askAgain(action: SubscriptionAction, late: readonly RefusedStream[]): Promise<void> {
    const { requests, ledger, waits, asks } = this.#parts
    const { epoch } = asks
    const streams = late.map(({ stream }) => stream)
    for (const stream of streams) this.#askedAgain.add(stream)
    if (action === 'subscribe') ledger.want(streams)
    const isMeasured = await requests.measureTime()
    if (epoch !== asks.epoch) return
    // Who has thought better of it meanwhile has asked for the contrary already.
    const isMeant = (stream: Stream): boolean => ledger.has(stream) === (action === 'subscribe')
    waits.accept(
      action,
      streams.filter((stream) => !isMeant(stream)),
    )
    const left = late.filter(({ stream }) => isMeant(stream))
    if (!isMeasured) this.#refuse(action, left)
    else
      await asks
        .ask(
          action,
          left.map(({ stream }) => stream),
        )
        .catch(() => this.#refuse(action, left))
  }

  /** They could not be asked for once more. */
  #refuse(action: SubscriptionAction, refused: readonly RefusedStream[]): void {
    if (action === 'subscribe') this.#parts.ledger.unwant(refused.map(({ stream }) => stream))
    this.#parts.onRefused(action, refused)
  }
}
