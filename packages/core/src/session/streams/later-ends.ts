import type { Stream } from '../../model/stream.js'
import type { ManagerEnv } from '../../strategy/env.js'
import type { Asks } from './asks.js'
import type { SubscriptionLedger } from './ledger.js'
import { PostponedStreams } from './postponed.js'

/** With what the end of streams is asked for later. */
export interface LaterEndsParts {
  readonly env: Pick<ManagerEnv, 'clock' | 'random'>
  readonly ledger: SubscriptionLedger
  readonly asks: Asks
}

/**
 * Asks again for the end of streams that nobody wants any more and that the exchange may go on with, because it never answered, was not asked, or refused for the moment: they would
 * take the room of others for as long as the connection lasts.
 */
export class LaterEnds {
  readonly #parts: LaterEndsParts
  readonly #postponed: PostponedStreams

  constructor(parts: LaterEndsParts) {
    this.#parts = parts
    const { clock, random } = parts.env
    this.#postponed = new PostponedStreams({ clock, random, onDue: (streams) => void this.#ask(streams) })
  }

  /** These may go on. Who wants one of them again has it. */
  postpone(streams: readonly Stream[]): void {
    const unwanted = streams.filter((stream) => !this.#parts.ledger.has(stream))
    if (unwanted.length > 0 && this.#parts.asks.isUp) this.#postponed.postpone(unwanted)
  }

  /** These have ended, or are wanted again. */
  settle(streams: readonly Stream[]): void {
    this.#postponed.settle(streams)
  }

  /** The connection is gone, and everything on it. */
  clear(): void {
    this.#postponed.clear()
  }

  /** Never rejects. */
  async #ask(postponed: readonly Stream[]): Promise<void> {
    const { ledger, asks } = this.#parts
    const streams = postponed.filter((stream) => !ledger.has(stream))
    const { epoch } = asks
    try {
      await asks.ask('unsubscribe', streams)
    } catch {
      if (epoch === asks.epoch) this.postpone(streams)
    }
  }
}
