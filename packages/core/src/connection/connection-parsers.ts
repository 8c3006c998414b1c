import type { MessageParser } from '../strategy/message-parser.js'

/** The parsers of a manager's connections, and how often they had to fall back, those that have ended included. */
export class ConnectionParsers {
  readonly #shared: MessageParser
  /** Made for a connection of which something may still be read, with how often each is in use. */
  readonly #inUse = new Map<MessageParser, number>()
  /** The fallbacks of those that are gone, by wire channel. */
  readonly #past = new Map<string, number>()

  /** `shared` reads for all connections, unless it makes one for each. */
  constructor(shared: MessageParser) {
    this.#shared = shared
  }

  /** The parser of a new connection. */
  begin(): MessageParser {
    const parser = this.#shared.forConnection?.() ?? this.#shared
    if (parser !== this.#shared) this.#inUse.set(parser, (this.#inUse.get(parser) ?? 0) + 1)
    return parser
  }

  /** Nothing is read any more by a parser that was begun; once for each time. */
  end(parser: MessageParser): void {
    const uses = this.#inUse.get(parser)
    if (uses === undefined) return
    if (uses > 1) {
      this.#inUse.set(parser, uses - 1)
      return
    }
    this.#inUse.delete(parser)
    addTo(this.#past, parser)
  }

  get fallbacks(): ReadonlyMap<string, number> {
    const sum = new Map(this.#past)
    for (const parser of [this.#shared, ...this.#inUse.keys()]) addTo(sum, parser)
    return sum
  }
}

function addTo(sum: Map<string, number>, { fallbacks = new Map() }: MessageParser): void {
  for (const [wireChannel, count] of fallbacks) sum.set(wireChannel, (sum.get(wireChannel) ?? 0) + count)
}
