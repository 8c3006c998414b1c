import { type AnyExchangeDefinition, MessageType, type WebSocketStrategySet } from '@tapewire/core'
import type { MessageParser, ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'

/** No connection is ever made with these: the parser is all that is wanted. */
const placeholder = { apiKey: 'none', apiSecret: 'none' }

/** Reads recorded frames as the exchange's own parsers do, in their order, as of one connection each: the market's, and the account's for what that one does not know. */
export class FrameDecoder {
  readonly #market: MessageParser
  readonly #account: MessageParser | null

  constructor(definition: AnyExchangeDefinition) {
    this.#market = parserOf(definition.public())
    this.#account = definition.private === undefined ? null : parserOf(definition.private(placeholder))
  }

  decode(content: string | Buffer): readonly ParsedMessage[] {
    const messages = parse(this.#market, content)
    if (this.#account === null || !messages.every(({ type }) => type === MessageType.Unknown)) return messages
    const second = parse(this.#account, content)
    return second.every(({ type }) => type === MessageType.Unknown) ? messages : second
  }
}

function parserOf({ messageParser }: WebSocketStrategySet): MessageParser {
  return messageParser.forConnection?.() ?? messageParser
}

function parse(parser: MessageParser, content: string | Buffer): readonly ParsedMessage[] {
  const parsed = parser.parse(frameOf(content))
  return Array.isArray(parsed) ? parsed : [parsed as ParsedMessage]
}
