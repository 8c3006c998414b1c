import type { Clock } from '../clock/clock.js'
import { StreamError } from '../errors/stream-error.js'
import type { Stream } from '../model/stream.js'
import type { RefusedStream } from '../session/streams/ledger.js'
import { PostponedStreams } from '../session/streams/postponed.js'
import type { Lane } from './lane.js'

export interface LackingStreamsParts {
  readonly clock: Clock
  readonly random: () => number
  /** The lane that lacks them. */
  readonly lane: Lane
  /** Whether the other lane carries a stream: only then is it asked for again. */
  readonly isCarriedBeside: (stream: Stream) => boolean
  /** These are about to be asked for again. */
  readonly onAsk: (streams: readonly Stream[]) => void
  /** The lane was refused these again: what the other has lost meanwhile nobody has. */
  readonly onRefused: (refused: readonly RefusedStream[]) => void
  /** Told once for each stream, until it is there. */
  readonly onLacking: (error: StreamError) => void
}

/** Streams that the other lane has and this one was refused: they are asked for again, with the delays of what is postponed, until both have them. */
export class LackingStreams {
  readonly #parts: LackingStreamsParts
  readonly #postponed: PostponedStreams
  readonly #told = new Set<Stream>()

  constructor(parts: LackingStreamsParts) {
    this.#parts = parts
    this.#postponed = new PostponedStreams({ ...parts, onDue: (streams) => void this.#ask(streams) })
  }

  note(refused: readonly RefusedStream[]): void {
    const lacking = refused.filter(({ stream }) => this.#parts.isCarriedBeside(stream))
    if (lacking.length === 0) return
    const news = lacking.filter(({ stream }) => !this.#told.has(stream))
    const streams = lacking.map(({ stream }) => stream)
    for (const stream of streams) this.#told.add(stream)
    this.#postponed.postpone(streams)
    if (news.length > 0) this.#parts.onLacking(lackingOnOne(this.#parts.lane.id, news))
  }

  /** These are there, or not wanted any more. */
  settle(streams: readonly Stream[]): void {
    if (this.#told.size === 0) return
    this.#postponed.settle(streams)
    for (const stream of streams) this.#told.delete(stream)
  }

  close(): void {
    this.#postponed.clear()
  }

  async #ask(due: readonly Stream[]): Promise<void> {
    const { lane, isCarriedBeside, onAsk, onRefused } = this.#parts
    const streams = due.filter((stream) => isCarriedBeside(stream) && !lane.isActive(stream))
    const known = streams.filter((stream) => lane.has(stream))
    const unknown = streams.filter((stream) => !lane.has(stream))
    onAsk(streams)
    try {
      const outcomes = await Promise.all([lane.subscribe(unknown), lane.resubscribe(known, () => {})])
      onRefused(outcomes.flatMap(({ refused, unanswered }) => [...refused, ...unanswered]))
    } catch {
      // The lane has ended, which is told elsewhere.
    }
  }
}

function lackingOnOne(connectionId: string, [first, ...others]: readonly RefusedStream[]): StreamError {
  const count = others.length + 1
  return new StreamError(
    'ERR_SUBSCRIPTION_REJECTED',
    `One of two connections lacks ${count === 1 ? 'a stream' : `${count} streams`} that the other one has.`,
    {
      context: { Connection: connectionId, Stream: first?.stream.id ?? '', Reason: first?.refusal.reason ?? '' },
      hint: 'Nothing is missing for as long as the other one is up; it is asked for again.',
    },
  )
}
