import {
  type InboundFrame,
  type ParsedMessage,
  type ProtoDeclaration,
  protoInteger,
  protoOneOf,
  protoShape,
  protoText,
  type SymbolTable,
} from '@tapewire/core'
import { aggreDealsBody } from './aggre-deals.js'
import { aggreDepthBody } from './aggre-depth.js'
import { aggreBookTickerBody, bookTickerBatchBody } from './book-ticker.js'
import { findBody } from './decode-push.js'
import type { FastBody } from './fast-body.js'
import { klineBody } from './kline.js'
import { limitDepthBody } from './limit-depth.js'
import { miniTickerBody, miniTickersBody } from './mini-ticker.js'
import type { PushOrigin } from './push-origin.js'
import { readTime } from './read-value.js'
import type { UnchangedQuotes } from './unchanged-quotes.js'

type Parsed = ParsedMessage | readonly ParsedMessage[]

const push = protoShape({
  channel: protoText(1),
  symbol: protoText(3),
  symbolId: protoText(4),
  createTime: protoInteger(5),
  sendTime: protoInteger(6),
  body: protoOneOf(301, 315),
})

/** The push around the bodies. */
export const pushDeclaration: ProtoDeclaration = push.declaration

const bodiesOfOnePair: readonly FastBody[] = [
  aggreBookTickerBody,
  aggreDealsBody,
  aggreDepthBody,
  bookTickerBatchBody,
  klineBody,
  limitDepthBody,
  miniTickerBody,
]

/** Every kind of body that is read fast: the market data that MEXC still sends. */
export const fastBodies: readonly Omit<FastBody, 'read'>[] = [...bodiesOfOnePair, miniTickersBody]

const bodyByField: (FastBody | undefined)[] = []
for (const body of bodiesOfOnePair) bodyByField[body.field] = body
const channelByField = new Map(fastBodies.map(({ field, channel }) => [field, channel]))

/** The push that was scanned last. */
class ScannedOrigin implements PushOrigin {
  exchangeTime: number | null = null
  receivedAt = 0

  get wireChannel(): string {
    return push.text(push.slots.channel)
  }
}

/**
 * Reads market data straight from the bytes of a push: what it says is what `ReferencePush` says, or nothing. It leaves to that one whatever is not just as
 * declared: malformed or missing parts, other wire types, numbers in other notations, fields or bodies that come twice.
 */
export class FastPush {
  readonly #symbols: SymbolTable
  readonly #quotes: UnchangedQuotes | null
  readonly #origin = new ScannedOrigin()
  readonly #fallbacks = new Map<string, number>()

  /** With `quotes`, those that repeat are dropped. */
  constructor(symbols: SymbolTable, quotes: UnchangedQuotes | null) {
    this.#symbols = symbols
    this.#quotes = quotes
  }

  /** How many pushes of channels that are read fast were left to the reference, by channel: `aggre.depth`. */
  get fallbacks(): ReadonlyMap<string, number> {
    return this.#fallbacks
  }

  /** The messages of a push; null for one that is left to the reference. */
  read(frame: InboundFrame): Parsed | null {
    const parsed = this.#scan(frame)
    if (parsed === null) this.#countFallback(frame)
    return parsed
  }

  #scan({ bytes, start, end, receivedAt }: InboundFrame): Parsed | null {
    if (!push.scan(bytes, start, end)) return null
    const { slots } = push
    const origin = this.#origin
    origin.exchangeTime = readTime(push.number(push.has(slots.sendTime) ? slots.sendTime : slots.createTime))
    origin.receivedAt = receivedAt
    const field = push.which(slots.body)
    if (field === miniTickersBody.field) {
      return push.scanWithin(slots.body, miniTickersBody.shape) ? miniTickersBody.read(origin, this.#symbols) : null
    }
    const body = bodyByField[field]
    const symbol = push.pair(slots.symbol, this.#symbols)
    if (body === undefined || symbol === null || !push.scanWithin(slots.body, body.shape)) return null
    const parsed = body.read(origin, symbol)
    if (this.#quotes === null || parsed === null || !body.isQuote) return parsed
    const quotes = Array.isArray(parsed) ? parsed : [parsed]
    return this.#quotes.filter(quotes, bytes, push.start(slots.channel), push.end(slots.channel))
  }

  /** Bodies that nobody reads fast are not counted, nor are bytes that say nothing of their channel: those are reported as ERROR. */
  #countFallback({ bytes, start, end }: InboundFrame): void {
    const channel = channelByField.get(bodyNumber(bytes.subarray(start, end)))
    if (channel !== undefined) this.#fallbacks.set(channel, (this.#fallbacks.get(channel) ?? 0) + 1)
  }
}

function bodyNumber(bytes: Buffer): number {
  try {
    return findBody(bytes) ?? 0
  } catch {
    return 0
  }
}
