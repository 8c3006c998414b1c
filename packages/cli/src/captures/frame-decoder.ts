import { type ExchangeDefinition, frameOf, type MessageParser, MessageType, type ParsedMessage } from '@tapewire/core'

/** No connection is ever made with these: the parser is all that is wanted. */
const placeholder = { apiKey: 'none', apiSecret: 'none' }

/** Reads recorded frames as the exchange's own parsers do: the market's, and the account's for what that one does not know. */
export class FrameDecoder {
  readonly #market: MessageParser
  readonly #account: MessageParser | null

  constructor(definition: ExchangeDefinition) {
    this.#market = definition.public().messageParser
    this.#account = definition.private?.(placeholder).messageParser ?? null
  }

  decode(content: string | Buffer): readonly ParsedMessage[] {
    const messages = parse(this.#market, content)
    if (this.#account === null || !messages.every(({ type }) => type === MessageType.Unknown)) return messages
    const second = parse(this.#account, content)
    return second.every(({ type }) => type === MessageType.Unknown) ? messages : second
  }
}

function parse(parser: MessageParser, content: string | Buffer): readonly ParsedMessage[] {
  const parsed = parser.parse(frameOf(content))
  return Array.isArray(parsed) ? parsed : [parsed as ParsedMessage]
}
