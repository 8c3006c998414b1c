import { type DataMessage, parseInstrument, type Stream } from '@tapewire/core'
import { readHeader } from '../../encoding/frame-header.js'
import { readMessages } from '../../encoding/read-frame.js'
import type { RelayedState } from '../../encoding/records/state.js'
import type { Admission, ReceivedFrame } from '../parser/admission.js'

/** What was told of one stream last. */
interface Told {
  /** Its last two frames. */
  last: KeptFrame
  beforeLast: KeptFrame
  /** The last message that was not fetched for a gap. */
  newest: DataMessage | null
  /** Whether a new owner tells what came shortly before it took over. */
  isOverlapping: boolean
}

/**
 * Leaves out what was told already, where a new owner begins with what came shortly before: what is older by the exchange's time, or by the exchange's ids of a book, and what is
 * the same as one of the last messages. Everything from the first message on that is newer is news.
 */
export class Overlap implements Admission {
  readonly #told = new Map<Stream, Told>()

  /** Where a new owner took over in order and received nothing shortly before, how the stream is is the first that it says: until something is news, what it tells may have been told. */
  noteState(stream: Stream, _state: RelayedState, continues: boolean): void {
    const told = this.#told.get(stream)
    if (continues && told !== undefined) told.isOverlapping = true
  }

  /** Of what comes now nothing was told by another: it is not to be measured by what that one said of itself. */
  noteDisowned(stream: Stream): void {
    const told = this.#told.get(stream)
    if (told !== undefined) told.isOverlapping = false
  }

  /** The mark is how many of the messages were told already, by their numbers. */
  admit(stream: Stream, { payload, messages: all, mark, continues }: ReceivedFrame): readonly DataMessage[] {
    const messages = mark === 0 ? all : all.slice(mark)
    const told = this.#told.get(stream) ?? this.#follow(stream)
    if (continues) told.isOverlapping = true
    const news = told.isOverlapping ? newsIn(messages, told, stream) : messages
    // The new owner may receive after it took over what the old one had received and published before.
    if (!continues && news.length > 0) told.isOverlapping = false
    // What a relay fetched for a gap is older than what came before it, and says nothing of how far the stream is.
    const newest = news.findLast(({ backfilled }) => backfilled !== true)
    if (newest === undefined) return news
    const { beforeLast } = told
    beforeLast.keep(payload)
    told.beforeLast = told.last
    told.last = beforeLast
    told.newest = newest
    return news
  }

  #follow(stream: Stream): Told {
    const told = { last: new KeptFrame(), beforeLast: new KeptFrame(), newest: null, isOverlapping: false }
    this.#told.set(stream, told)
    return told
  }
}

/**
 * One frame that is kept as it came, in memory that is used again: messages that outlive their frame would make the garbage collector copy nearly everything that arrives, and they
 * are needed only when an owner changes.
 */
class KeptFrame {
  #bytes = Buffer.alloc(0)
  #length = 0

  keep(payload: Uint8Array): void {
    if (payload.length > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(payload.length * 2)
    this.#bytes.set(payload)
    this.#length = payload.length
  }

  read(stream: Stream): readonly DataMessage[] {
    const bytes = this.#bytes.subarray(0, this.#length)
    const header = readHeader(bytes)
    if (header === null) return []
    return readMessages(bytes, header, { stream, instrumentOf: parseInstrument, receivedAt: 0 }) ?? []
  }
}

function newsIn(
  messages: readonly DataMessage[],
  { last, beforeLast, newest }: Told,
  stream: Stream,
): readonly DataMessage[] {
  if (newest === null) return messages
  const known = new Set([...beforeLast.read(stream), ...last.read(stream)].map(contentOf))
  return messages.filter((message) => !isOlder(message, newest) && !known.has(contentOf(message)))
}

function isOlder(message: DataMessage, newest: DataMessage): boolean {
  if (message.channel === 'orderbook' && newest.channel === 'orderbook') {
    const [id, reached] = [message.data.lastSequence, newest.data.lastSequence]
    if (id !== null && reached !== null) return message.data.kind === 'delta' && id <= reached
  }
  return message.exchangeTime !== null && newest.exchangeTime !== null && message.exchangeTime < newest.exchangeTime
}

function contentOf({ channel, symbol, data, exchangeTime, sequence }: DataMessage): string {
  return JSON.stringify([channel, symbol, data, exchangeTime, sequence])
}
