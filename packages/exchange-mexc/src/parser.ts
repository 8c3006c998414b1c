import {
  errorMessage,
  type InboundFrame,
  type MessageParser,
  MessageType,
  otherMessage,
  type ParsedMessage,
  type SymbolTable,
  type TradingPair,
  unknownMessage,
} from '@tapewire/core'
import type { PublicMiniTickerV3Api } from './generated/market-data.js'
import type { PushDataV3ApiWrapper } from './generated/push-data.js'
import { normaliseAggreDeals } from './parsers/aggre-deals.js'
import { normaliseAggreDepth } from './parsers/aggre-depth.js'
import { normaliseAggreBookTicker, normaliseBookTickerBatch } from './parsers/book-ticker.js'
import { parseControl } from './parsers/control.js'
import { decodePush, findUnknownBody, isBlank } from './parsers/decode-push.js'
import { normaliseKline } from './parsers/kline.js'
import { normaliseLimitDepth } from './parsers/limit-depth.js'
import { normaliseMiniTicker } from './parsers/mini-ticker.js'
import { PayloadFault, quoted } from './parsers/payload-fault.js'
import { normalisePrivateAccount } from './parsers/private-account.js'
import { normalisePrivateDeals } from './parsers/private-deals.js'
import { normalisePrivateOrders } from './parsers/private-orders.js'
import type { PushOrigin } from './parsers/push-origin.js'
import { readTime } from './parsers/read-value.js'
import { UnchangedQuotes } from './parsers/unchanged-quotes.js'

type Parsed = ParsedMessage | readonly ParsedMessage[]

export interface MexcParserOptions {
  readonly symbols: SymbolTable
  /** Drops quotes that repeat the last one of their stream. */
  readonly suppressDuplicateQuotes: boolean
}

/** Text frames are control replies, binary frames hold one protobuf push each. Source: MEXC spot v3 API docs, "Websocket Market Streams". */
export class MexcMessageParser implements MessageParser {
  readonly #symbols: SymbolTable
  readonly #quotes: UnchangedQuotes | null

  constructor(options: MexcParserOptions) {
    this.#symbols = options.symbols
    this.#quotes = options.suppressDuplicateQuotes ? new UnchangedQuotes() : null
  }

  isControl(frame: InboundFrame): boolean {
    return !frame.isBinary
  }

  parse(frame: InboundFrame): Parsed {
    return frame.isBinary ? this.#parsePush(frame) : this.#parseControl(frame)
  }

  #parseControl(frame: InboundFrame): ParsedMessage {
    const message = parseControl(frame)
    if (this.#quotes !== null && message.type === MessageType.SubscriptionConfirm && message.data.accepted !== 'all') {
      this.#quotes.forget(message.data.accepted)
    }
    return message
  }

  #parsePush(frame: InboundFrame): Parsed {
    const bytes = frame.bytes.subarray(frame.start, frame.end)
    let push: PushDataV3ApiWrapper | null = null
    try {
      push = decodePush(bytes)
      if (push.body !== undefined) return this.#normalise(push, push.body, frame.receivedAt)
      const field = findUnknownBody(bytes)
      return field === null
        ? unknownMessage(frame.receivedAt, 'a push without a body')
        : otherMessage(frame.receivedAt, push.channel, `a push with the unknown body ${field}`)
    } catch (thrown) {
      return faultMessage(frame.receivedAt, push, thrown)
    }
  }

  #normalise(push: PushDataV3ApiWrapper, body: NonNullable<PushDataV3ApiWrapper['body']>, receivedAt: number): Parsed {
    const origin = { wireChannel: push.channel, exchangeTime: readTime(push.sendTime ?? push.createTime), receivedAt }
    switch (body.$case) {
      case 'privateAccount':
        return normalisePrivateAccount(origin, body.value)
      case 'publicMiniTickers':
        return this.#miniTickers(origin, body.value.items)
      case 'publicDeals':
      case 'publicIncreaseDepths':
      case 'publicIncreaseDepthsBatch':
      case 'publicBookTicker':
        return otherMessage(receivedAt, push.channel, `a push of a retired channel (${body.$case})`)
    }
    const wireSymbol = push.symbol ?? (body.$case === 'publicMiniTicker' ? body.value.symbol : '')
    const symbol = this.#symbols.pairOf(wireSymbol)
    if (symbol === null) return unreadableSymbol(origin, wireSymbol)
    switch (body.$case) {
      case 'publicAggreDepths':
        return normaliseAggreDepth(origin, symbol, body.value)
      case 'publicAggreBookTicker':
        return this.#quote(origin, symbol, body.value)
      case 'publicAggreDeals':
        return normaliseAggreDeals(origin, symbol, body.value)
      case 'publicLimitDepths':
        return normaliseLimitDepth(origin, symbol, body.value)
      case 'publicBookTickerBatch': {
        const messages = normaliseBookTickerBatch(origin, symbol, body.value)
        return this.#quotes === null ? messages : this.#quotes.filter(origin.wireChannel, messages)
      }
      case 'publicSpotKline':
        return normaliseKline(origin, symbol, body.value)
      case 'publicMiniTicker':
        return normaliseMiniTicker(origin, symbol, body.value)
      case 'privateOrders':
        return normalisePrivateOrders(origin, symbol, body.value)
      case 'privateDeals':
        return normalisePrivateDeals(origin, symbol, body.value)
    }
  }

  #quote(origin: PushOrigin, symbol: TradingPair, body: Parameters<typeof normaliseAggreBookTicker>[2]): Parsed {
    const message = normaliseAggreBookTicker(origin, symbol, body)
    return this.#quotes === null ? message : this.#quotes.filter(origin.wireChannel, [message])
  }

  /** One message an item, so that a pair nobody can read costs only itself. */
  #miniTickers(origin: PushOrigin, items: readonly PublicMiniTickerV3Api[]): Parsed {
    if (items.length === 0) throw new PayloadFault('items are missing')
    return items.map((item) => {
      const symbol = this.#symbols.pairOf(item.symbol)
      if (symbol === null) return unreadableSymbol(origin, item.symbol)
      try {
        return normaliseMiniTicker(origin, symbol, item)
      } catch (thrown) {
        return malformed(origin.receivedAt, origin.wireChannel, `${item.symbol}: ${(thrown as Error).message}`)
      }
    })
  }
}

function unreadableSymbol(origin: PushOrigin, wireSymbol: string): ParsedMessage {
  const detail = `a push for ${quoted(wireSymbol)}, which splits into no pair: neither subscribed to nor ending in a known quote asset`
  return otherMessage(origin.receivedAt, origin.wireChannel, detail)
}

/** A body that is there and empty says nothing; one that is half there is an error. */
function faultMessage(receivedAt: number, push: PushDataV3ApiWrapper | null, thrown: unknown): ParsedMessage {
  if (push?.body !== undefined && isBlank(push.body.value)) {
    return unknownMessage(receivedAt, `a push with an empty body (${push.body.$case})`)
  }
  return malformed(receivedAt, push?.channel ?? null, thrown instanceof Error ? thrown.message : String(thrown))
}

function malformed(receivedAt: number, wireChannel: string | null, fault: string): ParsedMessage {
  return errorMessage(receivedAt, 'ERR_MALFORMED_FRAME', fault, wireChannel)
}
