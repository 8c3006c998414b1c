import type { ErrorCode } from '../errors/error-codes.js'
import type { StreamError } from '../errors/stream-error.js'
import { type RejectedStream, SubscriptionError, type SubscriptionErrorCode } from '../errors/subscription-error.js'
import type { Channel } from '../model/channel.js'
import type { Instrument } from '../model/instrument.js'
import type { Stream } from '../model/stream.js'
import type { RefusedStream } from '../session/streams/ledger.js'
import type { SubscriptionOutcome } from '../session/streams/waits.js'
import { type Ask, channelsMeant } from '../stream/stream-states.js'

/** Streams that no answer came to, and why it will not. */
export interface FailedStreams {
  readonly streams: readonly Stream[]
  readonly error: StreamError
}

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
  errorOfAll(
    outcomes: readonly SubscriptionOutcome[],
    failed: readonly FailedStreams[] = [],
  ): SubscriptionError | null {
    const refused = outcomes.flatMap((outcome) => outcome.refused)
    const unanswered = outcomes.flatMap((outcome) => outcome.unanswered)
    // A refusal says more than a silence, and gives the code; whoever reads `rejected` must find every stream that is not there.
    const code = refused.length > 0 ? refusalCode(refused) : 'ERR_ACKNOWLEDGEMENT_TIMEOUT'
    const all = [...refused, ...unanswered].map(rejectedOf)
    const [first] = failed
    if (first === undefined) return all.length === 0 ? null : this.#error(code, all)
    const lost = failed.flatMap(({ streams, error }) => streams.map((stream) => rejectedFor(stream, error)))
    return this.#error(first.error.code, [...lost, ...all], first.error)
  }

  #note(refused: RefusedStream, code: SubscriptionErrorCode): void {
    this.#refused.set(refused.stream, { code, rejected: rejectedOf(refused) })
  }

  #error(code: ErrorCode, rejected: readonly RejectedStream[], cause?: StreamError): SubscriptionError {
    return new SubscriptionError(
      code,
      this.#exchange,
      rejected,
      this.#countActive(),
      cause === undefined ? {} : { cause },
    )
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

function rejectedFor(stream: Stream, { shortMessage: reason }: StreamError): RejectedStream {
  return rejectedOf({ stream, refusal: { streamId: stream.id, exchangeCode: null, reason } })
}

function refusalCode(refused: readonly RefusedStream[]): SubscriptionErrorCode {
  return refused.map(({ refusal }) => refusal.code).find((code) => code !== undefined) ?? 'ERR_SUBSCRIPTION_REJECTED'
}
