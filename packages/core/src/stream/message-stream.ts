import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'
import { type Channel, toChannel } from '../model/channel.js'
import { type SymbolInput, toInstrument } from '../model/instrument.js'
import type { ChannelMessage, FeedMessage } from '../model/message.js'
import { isDataType, MessageType } from '../model/message-type.js'
import { type Stream, TrackedStream } from '../model/stream.js'

/** Which messages are pulled; what is left out does not filter. */
export interface MessageFilter {
  readonly type?: FeedMessage['type']
  /** The data of this channel; errors that name it are not. */
  readonly channel?: Channel
  readonly symbol?: SymbolInput
  readonly stream?: Stream
}

/** The messages a filter lets through. */
export type FilteredMessage<Filter extends MessageFilter> = Extract<
  Filter extends { readonly channel: infer Name extends Channel } ? ChannelMessage<Name> : FeedMessage,
  Filter extends { readonly type: infer Type } ? { readonly type: Type } : unknown
>

const filterKeys: Readonly<Record<keyof MessageFilter, true>> = {
  type: true,
  channel: true,
  symbol: true,
  stream: true,
}

/** The types of what reaches users; the others are consumed by the manager. */
const feedTypes = Object.entries(MessageType).filter(
  ([, type]) =>
    type !== MessageType.SubscriptionConfirm && type !== MessageType.Reply && type !== MessageType.Heartbeat,
)

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
    checkFilter(filter)
    const { type, channel, stream } = filter
    const symbol = filter.symbol === undefined ? undefined : toInstrument(filter.symbol)
    this.#accepts = (message) =>
      (type === undefined || message.type === type) &&
      (channel === undefined || (message.channel === channel && isDataType(message.type))) &&
      (symbol === undefined || message.symbol === symbol) &&
      (stream === undefined || message.stream === stream)
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

/** A misspelt filter would let everything through, or nothing. Throws `ERR_INVALID_CONFIG` and `ERR_UNKNOWN_CHANNEL`, with the likely meaning. */
function checkFilter(filter: MessageFilter): void {
  const known = Object.keys(filterKeys)
  if (typeof filter !== 'object' || filter === null) {
    throw new StreamError('ERR_INVALID_CONFIG', 'The filter of messages is not an object.', {
      hint: `They can be filtered by ${known.join(', ')}: { channel: 'trades' }.`,
    })
  }
  const unknown = Object.keys(filter).find((key) => !known.includes(key))
  if (unknown !== undefined) {
    const meant = suggest(unknown, known)
    throw new StreamError('ERR_INVALID_CONFIG', `Messages cannot be filtered by ${unknown}.`, {
      hint: `${meant === null ? '' : `Did you mean ${meant}? `}They can by ${known.join(', ')}.`,
    })
  }
  const { type, channel, stream } = filter
  if (channel !== undefined) toChannel(channel)
  if (type !== undefined && !feedTypes.some(([, value]) => value === type)) {
    throw new StreamError('ERR_INVALID_CONFIG', `There are no messages of type ${String(type)} to pull.`, {
      hint: `Types: ${feedTypes.map(([name]) => `MessageType.${name}`).join(', ')}.`,
    })
  }
  if (stream !== undefined && !(stream instanceof TrackedStream)) {
    throw new StreamError('ERR_INVALID_CONFIG', 'The stream to filter messages by is not a stream.', {
      hint: 'Pass the stream of a message, or of a streamState().',
    })
  }
}
