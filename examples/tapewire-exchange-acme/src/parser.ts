import {
  frameJson,
  type InboundFrame,
  type MessageParser,
  malformedFrame,
  type ParsedMessage,
  type SymbolTable,
  unknownMessage,
} from '@tapewire/core'
import { wireChannels } from './channels.js'
import { controlMessage } from './control.js'
import { type Fields, isFields, text } from './fields.js'
import { quoteMessage, scanQuote } from './quotes.js'
import { tradesMessage } from './trades.js'

/** Every push of market data begins like this, and nothing else does. */
const pushStart = Buffer.from('{"channel":')

/** Reads Acme's frames. */
export class AcmeParser implements MessageParser {
  readonly fallbacks: Map<string, number> = new Map([[wireChannels.quotes, 0]])
  readonly #symbols: SymbolTable

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols
  }

  isControl({ bytes, start, end }: InboundFrame): boolean {
    const length = Math.min(pushStart.length, end - start)
    return pushStart.compare(bytes, start, start + length) !== 0
  }

  parse(frame: InboundFrame): ParsedMessage {
    return scanQuote(frame, this.#symbols) ?? this.#read(frame)
  }

  #read(frame: InboundFrame): ParsedMessage {
    const { receivedAt } = frame
    const json = frameJson(frame)
    if ('fault' in json) return malformedFrame(receivedAt, json.fault)
    if (!isFields(json.value)) return malformedFrame(receivedAt, 'not an object')
    try {
      return 'channel' in json.value ? this.#push(json.value, receivedAt) : controlMessage(json.value, receivedAt)
    } catch (thrown) {
      return malformedFrame(receivedAt, thrown instanceof Error ? thrown.message : 'unreadable')
    }
  }

  #push(push: Fields, receivedAt: number): ParsedMessage {
    const symbol = this.#symbols.pairOf(text(push.market))
    if (symbol === null) return unknownMessage(receivedAt, 'The push names no market we can read.')
    switch (push.channel) {
      case wireChannels.trades:
        return tradesMessage(symbol, push, receivedAt)
      case wireChannels.quotes:
        this.fallbacks.set(wireChannels.quotes, (this.fallbacks.get(wireChannels.quotes) ?? 0) + 1)
        return quoteMessage(symbol, push, receivedAt)
      default:
        return unknownMessage(receivedAt, 'The push is of a channel we do not know.')
    }
  }
}
