import type { StreamError } from '../errors/stream-error.js'
import type { Groups } from '../group/groups.js'
import type { FeedMessage } from '../model/message.js'
import { type FilteredMessage, MessageStream, type PullOptions } from '../stream/message-stream.js'
import type { StreamStates } from '../stream/stream-states.js'

/** Those of one manager who pull its messages. */
export class PulledStreams {
  readonly #states: StreamStates
  readonly #groups: Groups
  readonly #all = new Set<MessageStream<FeedMessage>>()

  constructor(states: StreamStates, groups: Groups) {
    this.#states = states
    this.#groups = groups
  }

  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  /** The messages from now on; where nothing can come any more it throws why. Throws for options that cannot be meant. */
  open<Options extends PullOptions>(options: Options): MessageStream<FilteredMessage<Options>> {
    const stream = new MessageStream<FilteredMessage<Options>>(options, () => this.#all.delete(held))
    const held = stream as unknown as MessageStream<FeedMessage>
    this.#all.add(held)
    this.#endIfExhausted(held)
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

  /** A connection was given up: ends those that can get nothing any more, with the reason, after what they hold. */
  endExhausted(): void {
    for (const stream of this.#all) this.#endIfExhausted(stream)
  }

  /** Ends all of them quietly. */
  end(): void {
    for (const stream of this.#all) stream.end()
    this.#all.clear()
  }

  #endIfExhausted(pulled: MessageStream<FeedMessage>): void {
    const reason = this.#endOf(pulled)
    if (reason !== null) pulled.fail(reason)
  }

  /**
   * Why nothing can come any more on what is pulled; null where something can. A connection that was given up stays down, so it is over where every connection was, and
   * where all the streams that bring what is asked for are on such. Streams that are not subscribed end nothing: they may be again.
   */
  #endOf(pulled: MessageStream<FeedMessage>): StreamError | null {
    const ends = this.#groups.all.map(({ givenUp }) => givenUp)
    if (ends.every((end) => end === null)) return null
    if (!ends.includes(null)) return ends.at(-1) ?? null
    if (!pulled.isOfStreams) return null
    const bringing = this.#states.wanted.filter((stream) => pulled.canBringFrom(stream))
    const reasons = bringing.map((stream) => this.#groups.carrierOf(stream)?.givenUp ?? null)
    return reasons.includes(null) ? null : (reasons[0] ?? null)
  }
}
