import {
  errorMessage,
  type InboundFrame,
  otherMessage,
  type ParsedMessage,
  type SymbolTable,
  unknownMessage,
} from '@tapewire/core'
import type { PushDataV3ApiWrapper } from '../generated/push-data.js'
import { normaliseAggreDeals } from './aggre-deals.js'
import { normaliseAggreDepth } from './aggre-depth.js'
import { normaliseAggreBookTicker, normaliseBookTickerBatch } from './book-ticker.js'
import { decodePush, findBody, isBlank } from './decode-push.js'
import { normaliseKline } from './kline.js'
import { normaliseLimitDepth } from './limit-depth.js'
import { normaliseMiniTicker, normaliseMiniTickers } from './mini-ticker.js'
import { normalisePrivateAccount } from './private-account.js'
import { normalisePrivateDeals } from './private-deals.js'
import { normalisePrivateOrders } from './private-orders.js'
import type { PushOrigin } from './push-origin.js'
import { readTime } from './read-value.js'
import type { UnchangedQuotes } from './unchanged-quotes.js'
import { unreadableSymbol } from './unreadable-symbol.js'

type Parsed = ParsedMessage | readonly ParsedMessage[]

/** Reads pushes with the generated protobuf code: any push, right or wrong, and what it says is what the push means. */
export class ReferencePush {
  readonly #symbols: SymbolTable
  readonly #quotes: UnchangedQuotes | null

  /** With `quotes`, those that repeat are dropped. */
  constructor(symbols: SymbolTable, quotes: UnchangedQuotes | null) {
    this.#symbols = symbols
    this.#quotes = quotes
  }

  read(frame: InboundFrame): Parsed {
    const bytes = frame.bytes.subarray(frame.start, frame.end)
    let push: PushDataV3ApiWrapper | null = null
    try {
      push = decodePush(bytes)
      if (push.body !== undefined) return this.#normalise(push, push.body, frame.receivedAt)
      const field = findBody(bytes)
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
        return normaliseMiniTickers(origin, this.#symbols, body.value)
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
        return this.#news(origin, normaliseAggreBookTicker(origin, symbol, body.value))
      case 'publicAggreDeals':
        return normaliseAggreDeals(origin, symbol, body.value)
      case 'publicLimitDepths':
        return normaliseLimitDepth(origin, symbol, body.value)
      case 'publicBookTickerBatch':
        return this.#news(origin, normaliseBookTickerBatch(origin, symbol, body.value))
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

  #news({ wireChannel }: PushOrigin, quotes: Parsed): Parsed {
    if (this.#quotes === null) return quotes
    const name = Buffer.from(wireChannel)
    return this.#quotes.filter([quotes].flat(), name, 0, name.length)
  }
}

/** A body that is there and empty says nothing; one that is half there is an error. */
function faultMessage(receivedAt: number, push: PushDataV3ApiWrapper | null, thrown: unknown): ParsedMessage {
  if (push?.body !== undefined && isBlank(push.body.value)) {
    return unknownMessage(receivedAt, `a push with an empty body (${push.body.$case})`)
  }
  const fault = thrown instanceof Error ? thrown.message : String(thrown)
  return errorMessage(receivedAt, 'ERR_MALFORMED_FRAME', fault, push?.channel ?? null)
}
