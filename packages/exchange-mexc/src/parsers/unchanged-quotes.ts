import { type BookTickerData, MessageType, type ParsedMessage, type TradingPair } from '@tapewire/core'

/** Streams remembered before the tables start over: a venue that sends garbage names must not grow them for ever. */
const maxRemembered = 20_000

/** A stream by its name, and its last quote; null where there was none since it was acknowledged. */
interface QuoteStream {
  readonly name: Buffer
  quote: BookTickerData | null
}

/** Remembers the last quote of each stream, to tell the ones that only repeat it. */
export class UnchangedQuotes {
  readonly #byName = new Map<string, QuoteStream>()
  /** Finds the stream of a push among the one or two of its pair, without a string of its name. */
  readonly #byPair = new Map<TradingPair, QuoteStream[]>()
  #remembered = 0

  /** The messages but for quotes that repeat the last one of their stream, which the bytes `start` to `end` name. */
  filter(messages: readonly ParsedMessage[], bytes: Buffer, start: number, end: number): readonly ParsedMessage[] {
    return messages.filter((message) => {
      if (message.type !== MessageType.BookTicker) return true
      const stream = this.#streamOf(message.symbol, bytes, start, end)
      if (stream.quote !== null && isSameQuote(stream.quote, message.data)) return false
      stream.quote = message.data
      return true
    })
  }

  /** A stream that was just acknowledged starts over: its first quote is news, whatever it says. */
  forget(wireChannels: readonly string[]): void {
    for (const wireChannel of wireChannels) {
      const stream = this.#byName.get(wireChannel)
      if (stream !== undefined) stream.quote = null
    }
  }

  #streamOf(pair: TradingPair, bytes: Buffer, start: number, end: number): QuoteStream {
    const known = this.#byPair.get(pair)?.find(({ name }) => isSameText(name, bytes, start, end))
    return known ?? this.#learn(pair, bytes.toString('utf8', start, end))
  }

  #learn(pair: TradingPair, name: string): QuoteStream {
    if (this.#remembered >= maxRemembered) {
      this.#byName.clear()
      this.#byPair.clear()
      this.#remembered = 0
    }
    const stream = this.#byName.get(name) ?? { name: Buffer.from(name), quote: null }
    this.#byName.set(name, stream)
    this.#byPair.set(pair, [...(this.#byPair.get(pair) ?? []), stream])
    this.#remembered += 1
    return stream
  }
}

function isSameText(name: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (name.length !== end - start) return false
  for (let index = 0; index < name.length; index += 1) if (name[index] !== bytes[start + index]) return false
  return true
}

function isSameQuote(one: BookTickerData, other: BookTickerData): boolean {
  return (
    one.bidPrice === other.bidPrice &&
    one.bidSize === other.bidSize &&
    one.askPrice === other.askPrice &&
    one.askSize === other.askSize
  )
}
