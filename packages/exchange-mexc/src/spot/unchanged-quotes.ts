import { type BookTickerData, MessageType } from '@tapewire/core'
import type { ParsedMessage } from '@tapewire/core/adapter'

/** Remembers the last quote of each stream, to tell the ones that only repeat it. */
export class UnchangedQuotes {
  /** By the id of the stream. */
  readonly #last = new Map<string, BookTickerData>()

  /** The messages but for quotes that repeat the last one of their stream. */
  filter(messages: readonly ParsedMessage[]): readonly ParsedMessage[] {
    return messages.filter((message) => {
      if (message.type !== MessageType.BookTicker) return true
      const { stream, data } = message
      const last = this.#last.get(stream.id)
      if (last !== undefined && isSameQuote(last, data)) return false
      this.#last.set(stream.id, data)
      return true
    })
  }

  /** A stream that was just acknowledged starts over: its first quote is news, whatever it says. */
  forget(streamId: string): void {
    this.#last.delete(streamId)
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
