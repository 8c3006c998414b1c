import { type AnyExchangeDefinition, MessageType, type WebSocketStrategySet } from '@tapewire/core'
import type { MessageParser, ParsedMessage } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import type { CaptureFrame } from '@tapewire/testkit'

/** No connection is ever made with these: the parser is all that is wanted. */
const placeholder = { apiKey: 'none', apiSecret: 'none' }

/** Reads recorded frames as the exchange's own parsers do, in their order: those of each URL as of one connection. The account's parser reads what the market's does not know. */
export class FrameDecoder {
  readonly #definition: AnyExchangeDefinition
  readonly #parsers = new Map<string | null, readonly MessageParser[]>()

  constructor(definition: AnyExchangeDefinition) {
    this.#definition = definition
  }

  decode({ url, content }: Pick<CaptureFrame, 'url' | 'content'>): readonly ParsedMessage[] {
    const [market, account] = this.#parsersOf(url)
    const messages = market === undefined ? [] : parse(market, content)
    if (account === undefined || !messages.every(({ type }) => type === MessageType.Unknown)) return messages
    const second = parse(account, content)
    return second.every(({ type }) => type === MessageType.Unknown) ? messages : second
  }

  #parsersOf(url: string | null): readonly MessageParser[] {
    const known = this.#parsers.get(url)
    if (known !== undefined) return known
    const { public: market, private: account } = this.#definition
    const sets = [market(), ...(account === undefined ? [] : [account(placeholder)])]
    const parsers = sets.map(parserOf)
    this.#parsers.set(url, parsers)
    return parsers
  }
}

function parserOf({ messageParser }: WebSocketStrategySet): MessageParser {
  return messageParser.forConnection?.() ?? messageParser
}

function parse(parser: MessageParser, content: string | Buffer): readonly ParsedMessage[] {
  const parsed = parser.parse(frameOf(content))
  return Array.isArray(parsed) ? parsed : [parsed as ParsedMessage]
}
