import type { Stream } from '../../model/stream.js'
import type { ProbeOutcome } from '../../stream/silence/silence-watch.js'
import type { Asks } from './asks.js'
import type { LaterAsks } from './later-asks.js'
import type { RefusedStream, SubscriptionLedger } from './ledger.js'
import { nothingRefused, type SubscriptionOutcome, type SubscriptionWaits } from './waits.js'

/** With what streams are asked for anew. */
export interface RestartsParts {
  readonly ledger: SubscriptionLedger
  readonly waits: SubscriptionWaits
  readonly asks: Asks
  readonly later: LaterAsks
  /** The exchange ended streams that were there. */
  readonly onEnded: (refused: readonly RefusedStream[]) => void
}

/** Asks anew for streams that are there as far as the ledger knows: whose book needs a new beginning, or that fell silent. */
export class Restarts {
  readonly #parts: RestartsParts
  /** Streams that are there and are asked for once more, because they fell silent. */
  readonly #probed = new Set<Stream>()
  /** How often streams were begun anew, and which time it was of each. */
  #beginnings = 0
  readonly #begunBy = new WeakMap<Stream, number>()

  constructor(parts: RestartsParts) {
    this.#parts = parts
  }

  isProbed(stream: Stream): boolean {
    return this.#probed.has(stream)
  }

  /**
   * Asks once more, alone, for a stream that is there as far as anybody knows. What comes of it is told as of any subscription, but for one that is not answered: that may be the exchange's
   * way with streams that it has already.
   */
  async probe(stream: Stream): Promise<ProbeOutcome> {
    const { ledger, waits, asks } = this.#parts
    if (!asks.isUp || !ledger.isActive(stream)) return 'over'
    this.#probed.add(stream)
    const wait = waits.begin('subscribe', [stream])
    try {
      await asks.ask('subscribe', [stream])
      return this.#outcomeOf(stream, await wait.promise)
    } catch {
      // No request could be made, or the session ended: nothing was asked.
      wait.acceptAll()
      return 'over'
    } finally {
      this.#probed.delete(stream)
    }
  }

  /** Ends the subscription of a stream, says so, and begins it anew, alone. What comes of that is told as of any subscription. */
  async startOver(stream: Stream, onEnded: () => void): Promise<ProbeOutcome> {
    const { ledger, asks } = this.#parts
    if (!asks.isUp || !ledger.has(stream)) return 'over'
    try {
      return this.#outcomeOf(stream, await this.#endAndBegin([stream], onEnded))
    } catch {
      // The session ended.
      return 'over'
    }
  }

  /**
   * Has the exchange start these streams over, and says when they have ended. They stay wanted, and keep their room, throughout, also where the exchange refuses them now: it is not for
   * the user to subscribe them anew. Where the connection is lost, the replay starts them over.
   */
  async resubscribe(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    const outcome = await this.#endAndBegin(streams, onEnded)
    this.#parts.ledger.want([...outcome.refused, ...outcome.unanswered].map(({ stream }) => stream))
    return outcome
  }

  #outcomeOf(stream: Stream, { refused, unanswered }: SubscriptionOutcome): ProbeOutcome {
    const { ledger, onEnded } = this.#parts
    if (ledger.isActive(stream)) return 'acknowledged'
    // Somebody waited, so it was not told as what it is: the exchange ended a stream that was there.
    const ended = refused.filter((one) => !ledger.has(one.stream))
    if (ended.length > 0) onEnded(ended)
    return unanswered.length > 0 && this.#probed.has(stream) ? 'unanswered' : 'over'
  }

  async #endAndBegin(streams: readonly Stream[], onEnded: () => void): Promise<SubscriptionOutcome> {
    const { ledger, waits, asks, later } = this.#parts
    const { epoch } = asks
    const before = this.#beginnings
    later.settle(streams)
    const unsubscribed = waits.begin('unsubscribe', streams)
    await asks.ask('unsubscribe', streams)
    if (!asks.isUp) unsubscribed.acceptAll()
    await unsubscribed.promise
    onEnded()
    const wanted = streams.filter((stream) => ledger.has(stream))
    if (epoch !== asks.epoch || !asks.isUp) return nothingRefused
    const wait = waits.begin('subscribe', wanted)
    // One answer may have ended what several had asked to be ended: the first of them asks for it anew.
    const missing = wanted.filter((stream) => (this.#begunBy.get(stream) ?? 0) <= before)
    this.#beginnings += 1
    for (const stream of missing) this.#begunBy.set(stream, this.#beginnings)
    await asks.ask('subscribe', missing)
    return wait.promise
  }
}
