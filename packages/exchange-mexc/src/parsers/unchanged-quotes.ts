import { type BookTickerData, ByteTable, MessageType, type ParsedMessage } from '@tapewire/core'

/** Streams remembered before the table starts over: a venue that sends garbage names must not grow it for ever. */
const maxRemembered = 20_000

/** The last quote of a stream; null where there was none since it was acknowledged. */
interface LastQuote {
  quote: BookTickerData | null
}

/** Remembers the last quote of each stream, to tell the ones that only repeat it. */
export class UnchangedQuotes {
  #streams = new ByteTable<LastQuote>()

  /** The messages but for quotes that repeat the last one of their stream, which the bytes `start` to `end` name. */
  filter(messages: readonly ParsedMessage[], bytes: Buffer, start: number, end: number): readonly ParsedMessage[] {
    const last = this.#streams.get(bytes, start, end) ?? this.#learn(bytes.toString('utf8', start, end))
    return messages.filter((message) => {
      if (message.type !== MessageType.BookTicker) return true
      if (last.quote !== null && isSameQuote(last.quote, message.data)) return false
      last.quote = message.data
      return true
    })
  }

  /** A stream that was just acknowledged starts over: its first quote is news, whatever it says. */
  forget(wireChannels: readonly string[]): void {
    for (const wireChannel of wireChannels) {
      const name = Buffer.from(wireChannel)
      const last = this.#streams.get(name, 0, name.length)
      if (last !== undefined) last.quote = null
    }
  }

  #learn(wireChannel: string): LastQuote {
    if (this.#streams.size >= maxRemembered) this.#streams = new ByteTable()
    const last = { quote: null }
    this.#streams.set(wireChannel, last)
    return last
  }
}

function isSameQuote(one: BookTickerData, other: BookTickerData): boolean {
  return (
    one.bidPrice === other.bidPrice &&
    one.bidSize === other.bidSize &&
    one.askPrice === other.askPrice &&
    one.askSize === other.askSize
  )
}
