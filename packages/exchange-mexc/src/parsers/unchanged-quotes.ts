import type { BookTickerData, BookTickerMessage } from '@tapewire/core'

/** Streams remembered before the table starts over: a venue that sends garbage names must not grow it for ever. */
const maxRemembered = 20_000

/** Remembers the last quote of each stream, to tell the ones that only repeat it. */
export class UnchangedQuotes {
  readonly #quotes = new Map<string, BookTickerData>()

  /** The messages that bring a new quote. */
  filter(wireChannel: string, messages: readonly BookTickerMessage[]): readonly BookTickerMessage[] {
    return messages.filter(({ data }) => {
      const last = this.#quotes.get(wireChannel)
      if (last !== undefined && isSameQuote(last, data)) return false
      if (this.#quotes.size >= maxRemembered) this.#quotes.clear()
      this.#quotes.set(wireChannel, data)
      return true
    })
  }

  /** A stream that was just acknowledged starts over: its first quote is news, whatever it says. */
  forget(wireChannels: readonly string[]): void {
    for (const wireChannel of wireChannels) this.#quotes.delete(wireChannel)
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
