import {
  type InboundFrame,
  type MessageParser,
  MessageType,
  type ParsedMessage,
  type SymbolTable,
} from '@tapewire/core'
import { parseControl } from './parsers/control.js'
import { FastPush } from './parsers/fast-push.js'
import { ReferencePush } from './parsers/reference-push.js'
import { UnchangedQuotes } from './parsers/unchanged-quotes.js'

export interface MexcParserOptions {
  readonly symbols: SymbolTable
  /** Drops quotes that repeat the last one of their stream. */
  readonly suppressDuplicateQuotes: boolean
}

/** Text frames are control replies, binary frames hold one protobuf push each. Source: MEXC spot v3 API docs, "Websocket Market Streams". */
export class MexcMessageParser implements MessageParser {
  readonly #quotes: UnchangedQuotes | null
  readonly #fast: FastPush
  readonly #reference: ReferencePush

  constructor({ symbols, suppressDuplicateQuotes }: MexcParserOptions) {
    this.#quotes = suppressDuplicateQuotes ? new UnchangedQuotes() : null
    this.#fast = new FastPush(symbols, this.#quotes)
    this.#reference = new ReferencePush(symbols, this.#quotes)
  }

  get fallbacks(): ReadonlyMap<string, number> {
    return this.#fast.fallbacks
  }

  isControl(frame: InboundFrame): boolean {
    return !frame.isBinary
  }

  parse(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
    if (!frame.isBinary) return this.#parseControl(frame)
    return this.#fast.read(frame) ?? this.#reference.read(frame)
  }

  #parseControl(frame: InboundFrame): ParsedMessage {
    const message = parseControl(frame)
    if (this.#quotes !== null && message.type === MessageType.SubscriptionConfirm && message.data.accepted !== 'all') {
      this.#quotes.forget(message.data.accepted)
    }
    return message
  }
}
