import type { Instrument } from '../../model/instrument.js'
import type { FeedMessage } from '../../model/message.js'
import { MessageType } from '../../model/message-type.js'
import type { OrderbookData, PublicTrade } from '../../model/payloads.js'
import type { Stream } from '../../model/stream.js'
import { contentOf, hasRisingIds, identityOf, isTrades } from './identity.js'

/** How the messages of several sessions that carry the same streams become one row. */
export interface MergePolicy {
  /** What of a message goes to the user, null where nothing does; `fromOld` says whether it came from the session that another takes over from. */
  admit(message: FeedMessage, fromOld: boolean): FeedMessage | null
}

/** One session: whatever it reads is news. */
export const single: MergePolicy = { admit: (message) => message }

/** Deliveries without a number that are remembered for each stream and instrument, and as many trades; older ones can come again, unless their ids are numbers. */
const maxRemembered = 4_096

/** What all that is remembered may take, in characters, each text with what it costs beside them. */
const maxCharacters = 16 * 1024 * 1024
const charactersBeside = 64

/** What a take-over may remember, over all its streams. */
class Memory {
  readonly #onFull: () => void
  #characters = 0

  constructor(onFull: () => void) {
    this.#onFull = onFull
  }

  get isFull(): boolean {
    return this.#characters > maxCharacters
  }

  add(text: string): void {
    this.#characters += text.length + charactersBeside
    if (this.isFull) this.#onFull()
  }

  remove(text: string): void {
    this.#characters -= text.length + charactersBeside
  }
}

/**
 * Keeps a message from being delivered twice while one session takes over from another that carries the same streams.
 *
 * The old one goes on delivering and is remembered; the new one is held back until the old one has ended; what the old one already delivered is then left
 * out of what the new one held. Two messages are the same event where stream, instrument and update id are equal. Ids of market data rise, so the last one
 * tells for all before it; where there is none, and of accounts, the content tells. Trades that come several in a message are told one by one: two connections
 * need not divide them alike.
 */
export class TakeOver implements MergePolicy {
  readonly #memory: Memory
  readonly #logs = new Map<Stream | null, Map<Instrument | null, DeliveryLog>>()

  /** `onFull` is called when it has more to remember than it may, and again as long as that goes on: from then on it forgets the oldest. */
  constructor(onFull: () => void = () => {}) {
    this.#memory = new Memory(onFull)
  }

  admit(message: FeedMessage, fromOld: boolean): FeedMessage | null {
    const log = this.#logOf(message)
    if (!fromOld) return log.newsOf(message)
    log.add(message)
    return message
  }

  #logOf({ stream, symbol }: FeedMessage): DeliveryLog {
    const bySymbol = this.#logs.get(stream) ?? new Map<Instrument | null, DeliveryLog>()
    this.#logs.set(stream, bySymbol)
    const log = bySymbol.get(symbol) ?? new DeliveryLog(this.#memory)
    bySymbol.set(symbol, log)
    return log
  }
}

/** What the old session delivered of one stream and instrument. */
class DeliveryLog {
  /** By channel type: the highest update id. */
  readonly #highest = new Map<number, HighestId>()
  readonly #contents: Occurrences
  readonly #trades: TradeLog
  readonly #book = new BookLog()

  constructor(memory: Memory) {
    this.#contents = new Occurrences(memory)
    this.#trades = new TradeLog(memory)
  }

  add(message: FeedMessage): void {
    const { sequence, type } = message
    if (sequence === null && isTrades(message)) this.#trades.add(message.data)
    else if (sequence === null || !hasRisingIds(message)) this.#contents.add(contentOf(message))
    else if (type === MessageType.Orderbook) this.#book.add(sequence, isSnapshot(message))
    else this.#highestOf(type).add(sequence)
  }

  /** What of it was not delivered already; each delivery answers for one message. */
  newsOf(message: FeedMessage): FeedMessage | null {
    const { sequence, type } = message
    if (sequence === null && isTrades(message)) {
      const news = this.#trades.newsIn(message.data)
      if (news.length === message.data.length) return message
      return news.length === 0 ? null : { ...message, data: news }
    }
    return this.#takes(message, sequence, type) ? null : message
  }

  #takes(message: FeedMessage, sequence: number | null, type: MessageType): boolean {
    // Where nothing is numbered, a change is to be read on top of all that came before it on its connection: nothing may be missing between.
    if (type === MessageType.Orderbook && sequence === null) return false
    if (sequence === null || !hasRisingIds(message)) return this.#contents.take(contentOf(message))
    if (type === MessageType.Orderbook) return this.#book.takes(sequence, isSnapshot(message))
    return this.#highestOf(type).takes(sequence)
  }

  #highestOf(type: MessageType): HighestId {
    const highest = this.#highest.get(type) ?? new HighestId()
    this.#highest.set(type, highest)
    return highest
  }
}

/** The highest id delivered, and how many messages had it. */
class HighestId {
  #id = Number.NEGATIVE_INFINITY
  #times = 0

  get id(): number {
    return this.#id
  }

  add(id: number): void {
    if (id > this.#id) {
      this.#id = id
      this.#times = 1
    } else if (id === this.#id) this.#times += 1
  }

  takes(id: number): boolean {
    if (id !== this.#id) return id < this.#id
    if (this.#times === 0) return false
    this.#times -= 1
    return true
  }
}

/**
 * The numbered updates of one order book. Once the new session is past what the old one delivered, all of it is news: a snapshot that heals the book may have
 * any id, and what follows it is to be read on top of it. Before that, a snapshot that is behind would undo changes that do not come again.
 */
class BookLog {
  readonly #changes = new HighestId()
  readonly #snapshots = new HighestId()
  /** The last id that the new session read. */
  #last = Number.NEGATIVE_INFINITY
  #isPast = false

  add(id: number, snapshot: boolean): void {
    ;(snapshot ? this.#snapshots : this.#changes).add(id)
  }

  takes(id: number, snapshot: boolean): boolean {
    if (this.#isPast) return false
    const highest = Math.max(this.#changes.id, this.#snapshots.id)
    const startsOver = snapshot && id < this.#last
    this.#last = id
    if (id < highest && !startsOver) return true
    if (id === highest && (snapshot ? this.#snapshots : this.#changes).takes(id)) return true
    this.#isPast = true
    return false
  }
}

/** Trades, each by its id, and by all of it where it has none. */
class TradeLog {
  readonly #remembered: Occurrences
  /** The highest id that is a number and was forgotten. */
  #forgotten = ''

  constructor(memory: Memory) {
    this.#remembered = new Occurrences(memory, (id) => this.#forgot(id))
  }

  add(trades: readonly PublicTrade[]): void {
    for (const trade of trades) this.#remembered.add(identityOf(trade))
  }

  newsIn(trades: readonly PublicTrade[]): readonly PublicTrade[] {
    return trades.filter((trade) => {
      const identity = identityOf(trade)
      if (this.#remembered.take(identity)) return false
      return !isNumber(identity) || isAbove(identity, this.#forgotten)
    })
  }

  #forgot(identity: string): void {
    if (isNumber(identity) && isAbove(identity, this.#forgotten)) this.#forgotten = identity
  }
}

/** How often each of the last texts was added. */
class Occurrences {
  readonly #memory: Memory
  readonly #times = new Map<string, number>()
  readonly #onForgotten: (text: string) => void

  constructor(memory: Memory, onForgotten: (text: string) => void = () => {}) {
    this.#memory = memory
    this.#onForgotten = onForgotten
  }

  add(text: string): void {
    const times = this.#times.get(text)
    this.#times.set(text, (times ?? 0) + 1)
    if (times !== undefined) return
    this.#memory.add(text)
    if (this.#times.size <= maxRemembered && !this.#memory.isFull) return
    const oldest = this.#times.keys().next().value as string
    this.#forget(oldest)
    this.#onForgotten(oldest)
  }

  take(text: string): boolean {
    const times = this.#times.get(text)
    if (times === undefined) return false
    if (times === 1) this.#forget(text)
    else this.#times.set(text, times - 1)
    return true
  }

  #forget(text: string): void {
    this.#times.delete(text)
    this.#memory.remove(text)
  }
}

function isSnapshot({ data }: FeedMessage): boolean {
  return (data as OrderbookData).kind === 'snapshot'
}

/** Whether an id is a whole number, however large, in the digits that compare as it does. */
function isNumber(id: string): boolean {
  return /^(?:0|[1-9][0-9]*)$/.test(id)
}

/** Compares whole numbers in digits; anything is above the empty text. */
function isAbove(id: string, other: string): boolean {
  return id.length === other.length ? id > other : id.length > other.length
}
