import { checkNoSignal } from '../config/wait-options.js'
import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'
import { type Channel, toChannel, traitsOf } from '../model/channel.js'
import { type Instrument, type SymbolInput, toInstrument } from '../model/instrument.js'
import type { ChannelMessage, FeedMessage } from '../model/message.js'
import { isDataType, MessageType } from '../model/message-type.js'
import { isOfEnded, isWanted, type Stream, TrackedStream } from '../model/stream.js'

/** Which messages are pulled; what is left out does not filter. */
export interface MessageFilter {
  readonly type?: FeedMessage['type']
  /** The data of this channel; errors that name it are not. */
  readonly channel?: Channel
  readonly symbol?: SymbolInput
  readonly stream?: Stream
}

/** Which messages are pulled, and for how long. */
export interface PullOptions extends MessageFilter {
  /** Ends it: what is held can still be read, and then it throws the signal's reason. */
  readonly signal?: AbortSignal
}

/** The messages a filter lets through. */
export type FilteredMessage<Filter extends MessageFilter> = Extract<
  Filter extends { readonly channel: infer Name extends Channel } ? ChannelMessage<Name> : FeedMessage,
  Filter extends { readonly type: infer Type } ? { readonly type: Type } : unknown
>

const filterKeys: Readonly<Record<keyof PullOptions, true>> = {
  type: true,
  channel: true,
  symbol: true,
  stream: true,
  signal: true,
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
 * Leaving the loop, `return()`, or the end of a block that has it by `await using`, detaches it. It ends when the manager closes. It throws, after what is held was read,
 * `ERR_RECONNECT_EXHAUSTED` where the connections that bring it were given up, and the reason of its signal.
 */
export class MessageStream<Message extends FeedMessage> implements AsyncIterableIterator<Message> {
  readonly #accepts: (message: FeedMessage) => boolean
  readonly #filter: MessageFilter
  readonly #symbol: Instrument | undefined
  readonly #detach: (stream: MessageStream<Message>) => void
  readonly #buffer: Message[] = []
  /** Readers waiting for a message. */
  readonly #readers: { resolve: (result: IteratorResult<Message>) => void; reject: (reason: unknown) => void }[] = []
  readonly #signal: AbortSignal | undefined
  readonly #onAbort = (): void => this.fail(this.#signal?.reason)
  #room: { promise: Promise<void>; open: () => void } | null = null
  #ended = false
  /** What is thrown once everything that is held was read. */
  #failure: { readonly reason: unknown } | null = null

  /** Throws the reason of a signal that is aborted already. */
  constructor(options: PullOptions, detach: (stream: MessageStream<Message>) => void) {
    checkFilter(options)
    const { signal, ...filter } = options
    signal?.throwIfAborted()
    const { type, channel, stream } = filter
    const symbol = filter.symbol === undefined ? undefined : toInstrument(filter.symbol)
    this.#filter = filter
    this.#symbol = symbol
    this.#signal = signal
    this.#accepts = (message) =>
      (type === undefined || message.type === type) &&
      (channel === undefined || (message.channel === channel && isDataType(message.type))) &&
      (symbol === undefined || message.symbol === symbol) &&
      (stream === undefined || message.stream === stream)
    this.#detach = detach
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Whether everything it lets through is of certain streams; notices and errors can come without one. */
  get isOfStreams(): boolean {
    const { type, channel, stream } = this.#filter
    const isOfChannel = channel !== undefined || (type !== undefined && isDataType(type))
    return isOfChannel || stream !== undefined || this.#symbol !== undefined
  }

  /** Whether messages of this stream can be what is pulled. */
  canBringFrom(candidate: Stream): boolean {
    const { type, channel, stream } = this.#filter
    const brings = candidate.channels.filter((name) => isWanted(candidate, name))
    return (
      (stream === undefined || stream === candidate) &&
      (channel === undefined || brings.includes(channel)) &&
      (type === undefined || !isDataType(type) || brings.some((name) => traitsOf(name).type === type)) &&
      (this.#symbol === undefined || candidate.instrument === null || candidate.instrument === this.#symbol)
    )
  }

  /** Hands a message over; a promise where the reader must catch up first. */
  push(message: FeedMessage): Promise<void> | undefined {
    if (this.#ended || !this.#accepts(message)) return undefined
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader.resolve({ value: message as Message, done: false })
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
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#makeRoom()
    for (const reader of this.#readers.splice(0)) reader.resolve({ value: undefined, done: true })
  }

  /** No more messages come, and that has a reason: whoever reads on after what is held, or waits already, gets it once. */
  fail(reason: unknown): void {
    if (this.#ended) return
    const first = this.#readers.shift()
    if (first === undefined) this.#failure = { reason }
    else first.reject(reason)
    this.end()
    this.#detach(this)
  }

  next(): Promise<IteratorResult<Message>> {
    const message = this.#takeHeld()
    if (this.#buffer.length <= bufferLimit / 2) this.#makeRoom()
    if (message !== undefined) {
      return Promise.resolve({ value: message, done: false })
    }
    const failure = this.#failure
    if (failure !== null) {
      this.#failure = null
      return Promise.reject(failure.reason)
    }
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  return(): Promise<IteratorResult<Message>> {
    this.#buffer.length = 0
    this.#failure = null
    this.end()
    this.#detach(this)
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** The next that is held, but for what is of a subscription that has ended meanwhile. */
  #takeHeld(): Message | undefined {
    let message = this.#buffer.shift()
    while (message !== undefined && isDataType(message.type) && isOfEnded(message.stream, message.receivedAt))
      message = this.#buffer.shift()
    return message
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
function checkFilter(filter: PullOptions): void {
  const known = Object.keys(filterKeys)
  if (typeof filter !== 'object' || filter === null) {
    throw new StreamError('ERR_INVALID_CONFIG', 'The filter of messages is not an object.', {
      hint: `They can be filtered by ${known.join(', ')}: { channel: 'trades' }.`,
    })
  }
  checkNoSignal('The options of messages are not valid', filter)
  const unknown = Object.keys(filter).find((key) => !known.includes(key))
  if (unknown !== undefined) {
    const meant = suggest(unknown, known)
    throw new StreamError('ERR_INVALID_CONFIG', `Messages cannot be filtered by ${unknown}.`, {
      hint: `${meant === null ? '' : `Did you mean ${meant}? `}They can by ${known.filter((key) => key !== 'signal').join(', ')}.`,
    })
  }
  const { type, channel, stream, signal } = filter
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new StreamError('ERR_INVALID_CONFIG', 'The signal that ends messages is not an AbortSignal.', {
      hint: 'Of an AbortController, pass its signal.',
    })
  }
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
