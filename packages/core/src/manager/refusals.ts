import { type RejectedStream, SubscriptionError, type SubscriptionErrorCode } from '../errors/subscription-error.js'
import type { Channel } from '../model/channel.js'
import type { Instrument } from '../model/instrument.js'
import type { Stream } from '../model/stream.js'
import type { RefusedStream } from '../session/ledger.js'
import type { SubscriptionOutcome } from '../session/waits.js'
import { type Ask, channelsMeant } from '../stream/stream-states.js'

/** The streams of one manager that the exchange refused, or never acknowledged, until they are asked for again or given back; and the errors that say so. */
export class Refusals {
  readonly #exchange: string
  readonly #countActive: () => number
  readonly #refused = new Map<Stream, { readonly code: SubscriptionErrorCode; readonly rejected: RejectedStream }>()

  constructor(exchange: string, countActive: () => number) {
    this.#exchange = exchange
    this.#countActive = countActive
  }

  get all(): readonly RejectedStream[] {
    return [...this.#refused.values()].map(({ rejected }) => rejected)
  }

  note({ refused, unanswered }: SubscriptionOutcome): void {
    for (const one of refused) this.#note(one, refusalCode([one]))
    for (const one of unanswered) this.#note(one, 'ERR_ACKNOWLEDGEMENT_TIMEOUT')
  }

  forget(streams: Iterable<Stream>): void {
    if (this.#refused.size > 0) for (const stream of streams) this.#refused.delete(stream)
  }

  /** What was asked for is wanted no longer, whatever became of it. */
  giveBack(asks: readonly Ask[]): void {
    for (const stream of this.#refused.keys()) {
      const isMeant = asks.some(
        (ask) =>
          (stream.instrument === null || stream.instrument === ask.instrument) && channelsMeant(stream, ask).length > 0,
      )
      if (isMeant) this.#refused.delete(stream)
    }
  }

  clear(): void {
    this.#refused.clear()
  }

  /** Why nothing comes on this stream; null where it was not refused. */
  errorOf(stream: Stream): SubscriptionError | null {
    const refusal = this.#refused.get(stream)
    return refusal === undefined ? null : this.#error(refusal.code, [refusal.rejected])
  }

  /** Why this channel of an instrument does not come; null where it was not refused. */
  find(instrument: Instrument, channel: Channel): SubscriptionError | null {
    for (const stream of this.#refused.keys()) {
      if (stream.instrument === instrument && stream.channels.includes(channel)) return this.errorOf(stream)
    }
    return null
  }

  /** What these outcomes amount to; null where everything was accepted. */
  errorOfAll(outcomes: readonly SubscriptionOutcome[]): SubscriptionError | null {
    const refused = outcomes.flatMap((outcome) => outcome.refused)
    const unanswered = outcomes.flatMap((outcome) => outcome.unanswered)
    // A refusal says more than a silence, and gives the code; whoever reads `rejected` must find every stream that is not there.
    const code = refused.length > 0 ? refusalCode(refused) : 'ERR_ACKNOWLEDGEMENT_TIMEOUT'
    const all = [...refused, ...unanswered]
    return all.length === 0 ? null : this.#error(code, all.map(rejectedOf))
  }

  #note(refused: RefusedStream, code: SubscriptionErrorCode): void {
    this.#refused.set(refused.stream, { code, rejected: rejectedOf(refused) })
  }

  #error(code: SubscriptionErrorCode, rejected: readonly RejectedStream[]): SubscriptionError {
    return new SubscriptionError(code, this.#exchange, rejected, this.#countActive())
  }
}

function rejectedOf({ stream, refusal }: RefusedStream): RejectedStream {
  return {
    streamId: stream.id,
    symbol: stream.instrument?.name ?? null,
    channel: stream.channel,
    exchangeCode: refusal.exchangeCode,
    reason: refusal.reason,
  }
}

function refusalCode(refused: readonly RefusedStream[]): SubscriptionErrorCode {
  return refused.map(({ refusal }) => refusal.code).find((code) => code !== undefined) ?? 'ERR_SUBSCRIPTION_REJECTED'
}
