import type { FeedMessage } from '../model/message.js'
import { MessageType } from '../model/message-type.js'
import type { TrackedStream } from '../model/stream.js'
import type { StreamStates } from '../stream/stream-states.js'
import type { ManagerBooks } from './manager-books.js'
import type { WebSocketManagerOptions } from './manager-options.js'
import type { PulledStreams } from './pulled-streams.js'

/** Who has a part in each message. */
export interface DeliveryParts {
  readonly states: StreamStates
  readonly books: ManagerBooks | null
  readonly pulled: PulledStreams
  readonly options: Pick<WebSocketManagerOptions, 'onMessage'>
}

/** What becomes of a message that its group lets pass: states and books note it, and the user gets it, unless it was told already. */
export class Delivery {
  readonly #states: StreamStates
  readonly #books: ManagerBooks | null
  readonly #pulled: PulledStreams
  readonly #options: Pick<WebSocketManagerOptions, 'onMessage'>

  constructor({ states, books, pulled, options }: DeliveryParts) {
    this.#states = states
    this.#books = books
    this.#pulled = pulled
    this.#options = options
  }

  /** `isLate` says that it was read from a connection that is gone meanwhile. Returns what the handler did. */
  deliver(message: FeedMessage, isLate: boolean): unknown {
    // What an earlier connection read is the user's, but says nothing about how things stand now.
    if (isLate) this.#states.touchLate(message)
    else {
      this.#states.touch(message)
      if (message.type === MessageType.Orderbook) this.#books?.apply(message)
    }
    const { stream } = message
    const memory = stream === null ? null : (stream as TrackedStream).memory
    if (memory === null) return this.handOver(message)
    // What was fetched of a gap is not told again.
    const rest = memory.admit(message)
    return rest === null ? undefined : this.handOver(rest)
  }

  /** Gives a message to the user. */
  handOver(message: FeedMessage): unknown {
    if (this.#pulled.isEmpty) return this.#options.onMessage?.(message)
    return this.#handOverBeside(message)
  }

  /** To those who pull and to the handler. One that throws takes nothing from the other, nor the room it asks for. */
  #handOverBeside(message: FeedMessage): unknown {
    const room = this.#pulled.push(message)
    if (room === undefined) return this.#options.onMessage?.(message)
    const handled = (async () => this.#options.onMessage?.(message))()
    return handled.then(
      () => room.then(() => {}),
      (thrown) => room.then(() => Promise.reject(thrown)),
    )
  }
}
