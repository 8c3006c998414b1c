import type { StreamError } from '../errors/stream-error.js'
import type { FeedMessage } from '../model/message.js'
import type { Stream } from '../model/stream.js'
import { type FilteredMessage, MessageStream, type PullOptions } from '../stream/message-stream.js'

/** Those of one manager who pull its messages. */
export class PulledStreams {
  readonly #all = new Set<MessageStream<FeedMessage>>()

  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  open<Options extends PullOptions>(options: Options): MessageStream<FilteredMessage<Options>> {
    const stream = new MessageStream<FilteredMessage<Options>>(options, () => this.#all.delete(held))
    const held = stream as unknown as MessageStream<FeedMessage>
    this.#all.add(held)
    return stream
  }

  /** Hands a message to all of them; a promise where some must catch up first. */
  push(message: FeedMessage): Promise<unknown> | undefined {
    const held: Promise<void>[] = []
    for (const stream of this.#all) {
      const room = stream.push(message)
      if (room !== undefined) held.push(room)
    }
    return held.length === 0 ? undefined : Promise.all(held)
  }

  /** Ends those that can get nothing any more, with the reason, after what they hold. */
  endWhere(reasonOf: (stream: MessageStream<FeedMessage>) => StreamError | null): void {
    for (const stream of this.#all) {
      const reason = reasonOf(stream)
      if (reason !== null) stream.fail(reason)
    }
  }

  /** Ends all of them quietly. */
  end(): void {
    for (const stream of this.#all) stream.end()
    this.#all.clear()
  }
}

/** What somebody pulls, as far as it says what can bring it. */
export type Pulled = Pick<MessageStream<FeedMessage>, 'isOfStreams' | 'canBringFrom'>

/** How the connections are, for whoever pulls. */
export interface Carriers {
  /** Every stream that is wanted. */
  readonly wanted: readonly Stream[]
  /** Why each connection was given up; null for one that was not. */
  readonly ends: readonly (StreamError | null)[]
  /** Why the connection that carries a stream was given up; null where it was not, and where none carries it yet. */
  endOf(stream: Stream): StreamError | null
}

/**
 * Why nothing can come any more on what is pulled; null where something can. A connection that was given up stays down, so it is over where every connection was, and where all
 * the streams that bring what is asked for are on such. Streams that are not subscribed end nothing: they may be again.
 */
export function endOfPulled(pulled: Pulled, { wanted, ends, endOf }: Carriers): StreamError | null {
  if (ends.every((end) => end === null)) return null
  if (!ends.includes(null)) return ends.at(-1) ?? null
  const streams = pulled.isOfStreams ? wanted.filter((stream) => pulled.canBringFrom(stream)) : []
  const reasons = streams.map(endOf)
  return reasons.length === 0 || reasons.includes(null) ? null : (reasons[0] ?? null)
}
