import type { Channel } from '../model/channel.js'
import { type SymbolInput, toInstrument } from '../model/instrument.js'
import type { FeedMessage, MessageOf } from '../model/message.js'
import type { MessageType } from '../model/message-type.js'

/** Which messages a stream is about; what is left out does not filter. */
export interface MessageFilter<Type extends FeedMessage['type'] = FeedMessage['type']> {
  readonly type?: Type
  readonly channel?: Channel
  readonly symbol?: SymbolInput
}

/** The messages a filter lets through, by type. */
export type FilteredMessage<Type extends MessageType> = Extract<MessageOf<Type>, FeedMessage>

/** Messages a slow reader may lag behind before the connections are held back. */
const bufferLimit = 256

/**
 * Messages pulled instead of pushed. It holds what arrives from its creation on; a reader that lags makes the connections wait (or drop, by their policy), so nothing is lost silently.
 * Leaving the loop, or `return()`, detaches it.
 */
export class MessageStream<Message extends FeedMessage> implements AsyncIterableIterator<Message> {
  readonly #accepts: (message: FeedMessage) => boolean
  readonly #detach: (stream: MessageStream<Message>) => void
  readonly #buffer: Message[] = []
  /** Readers waiting for a message. */
  readonly #readers: ((result: IteratorResult<Message>) => void)[] = []
  #room: { promise: Promise<void>; open: () => void } | null = null
  #ended = false

  constructor(filter: MessageFilter, detach: (stream: MessageStream<Message>) => void) {
    const { type, channel } = filter
    const symbol = filter.symbol === undefined ? undefined : toInstrument(filter.symbol)
    this.#accepts = (message) =>
      (type === undefined || message.type === type) &&
      (channel === undefined || message.channel === channel) &&
      (symbol === undefined || message.symbol === symbol)
    this.#detach = detach
  }

  /** Hands a message over; a promise where the reader must catch up first. */
  push(message: FeedMessage): Promise<void> | undefined {
    if (this.#ended || !this.#accepts(message)) return undefined
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader({ value: message as Message, done: false })
      return undefined
    }
    this.#buffer.push(message as Message)
    if (this.#buffer.length < bufferLimit) return undefined
    this.#room ??= openable()
    return this.#room.promise
  }

  /** No more messages come; what is held can still be read. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#makeRoom()
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true })
  }

  next(): Promise<IteratorResult<Message>> {
    const message = this.#buffer.shift()
    if (message !== undefined) {
      if (this.#buffer.length <= bufferLimit / 2) this.#makeRoom()
      return Promise.resolve({ value: message, done: false })
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve) => this.#readers.push(resolve))
  }

  return(): Promise<IteratorResult<Message>> {
    this.#buffer.length = 0
    this.end()
    this.#detach(this)
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #makeRoom(): void {
    this.#room?.open()
    this.#room = null
  }
}

function openable(): { promise: Promise<void>; open: () => void } {
  let open = (): void => {}
  const promise = new Promise<void>((resolve) => {
    open = resolve
  })
  return { promise, open }
}
