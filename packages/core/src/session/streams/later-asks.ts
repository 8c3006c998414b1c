import type { StreamError } from '../../errors/stream-error.js'
import type { Stream } from '../../model/stream.js'
import type { ManagerEnv } from '../../strategy/env.js'
import { type Asks, preparationError } from './asks.js'
import { halvesOf, type RefusedStream, type SubscriptionLedger } from './ledger.js'
import { PostponedStreams } from './postponed.js'
import type { StreamsEvent } from './streams-event.js'

/** With what streams are asked for later, and who hears when. */
export interface LaterAsksParts {
  readonly env: Pick<ManagerEnv, 'clock' | 'random'>
  readonly ledger: SubscriptionLedger
  readonly asks: Asks
  readonly tell: (event: StreamsEvent) => void
}

/** Asks later for streams that were live before and cannot be had at the moment: they stay wanted, and the rest of the connection goes on meanwhile. */
export class LaterAsks {
  readonly #parts: LaterAsksParts
  readonly #postponed: PostponedStreams

  constructor(parts: LaterAsksParts) {
    this.#parts = parts
    const { clock, random } = parts.env
    this.#postponed = new PostponedStreams({ clock, random, onDue: (streams) => void this.#ask(streams) })
  }

  /** The exchange refused them for the moment. */
  onRefused(refused: readonly RefusedStream[]): void {
    const why = `refused for the moment (${refused[0]?.refusal.reason ?? ''})`
    this.#postpone(streamsOf(refused), why, true)
  }

  /** The exchange did not answer, for which one of these may be why: each half is asked for alone. */
  onUnanswered(unanswered: readonly RefusedStream[]): void {
    for (const half of halvesOf(streamsOf(unanswered))) this.#postpone(half, 'not acknowledged', false)
  }

  /** No request could be made for them. */
  onUnprepared(streams: readonly Stream[], { shortMessage }: StreamError): void {
    this.#postpone(streams, shortMessage.replace(/\.$/, ''), false)
  }

  /** These are there, or not wanted any more. */
  settle(streams: readonly Stream[]): void {
    this.#postponed.settle(streams)
  }

  /** The connection is gone: on the next everything is asked for anyway. */
  clear(): void {
    this.#postponed.clear()
  }

  #postpone(streams: readonly Stream[], why: string, isRefused: boolean): void {
    const delayMs = this.#postponed.postpone(streams)
    this.#parts.tell({ kind: 'postponed', streams, reason: `${why}, asked for again in ${delayMs} ms`, isRefused })
  }

  /** Never rejects. */
  async #ask(postponed: readonly Stream[]): Promise<void> {
    const { ledger, asks } = this.#parts
    const streams = postponed.filter((stream) => ledger.isMissing(stream))
    const { epoch } = asks
    try {
      await asks.ask('subscribe', streams)
    } catch (thrown) {
      // Nothing else is asked of a request that cannot be made.
      const missing = streams.filter((stream) => ledger.isMissing(stream))
      if (epoch === asks.epoch && missing.length > 0) this.onUnprepared(missing, preparationError('subscribe', thrown))
    }
  }
}

function streamsOf(refused: readonly RefusedStream[]): readonly Stream[] {
  return refused.map(({ stream }) => stream)
}
