import type { DataMessage, Stream } from '@tapewire/core'

/** What was told of one stream last. */
interface Told {
  /** The messages of its last two frames. */
  last: readonly DataMessage[]
  beforeLast: readonly DataMessage[]
  /** Whether a new owner tells what came shortly before it took over. */
  isOverlapping: boolean
}

/**
 * Leaves out what was told already, where a new owner begins with what came shortly before: what is older by the exchange's time, or by the exchange's ids of a book, and what is
 * the same as one of the last messages. Everything from the first message on that is newer is news.
 */
export class Overlap {
  readonly #told = new Map<Stream, Told>()

  /** A new owner took over in order: until something is news, what it tells may have been told. */
  begin(stream: Stream): void {
    const told = this.#told.get(stream)
    if (told !== undefined) told.isOverlapping = true
  }

  /** The messages of one frame that are news; `continues` where its relay took over in order and begins with what may have been told. */
  admit(stream: Stream, messages: readonly DataMessage[], continues: boolean): readonly DataMessage[] {
    const told = this.#told.get(stream)
    if (told === undefined) {
      this.#told.set(stream, { last: messages, beforeLast: [], isOverlapping: false })
      return messages
    }
    if (continues) this.begin(stream)
    const news = told.isOverlapping ? newsIn(messages, told) : messages
    // The new owner may receive after it took over what the old one had received and published before.
    if (!continues && news.length > 0) told.isOverlapping = false
    if (news.length > 0) {
      told.beforeLast = told.last
      told.last = news
    }
    return news
  }
}

function newsIn(messages: readonly DataMessage[], { last, beforeLast }: Told): readonly DataMessage[] {
  const newest = last.at(-1)
  if (newest === undefined) return messages
  const known = new Set([...beforeLast, ...last].map(contentOf))
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
