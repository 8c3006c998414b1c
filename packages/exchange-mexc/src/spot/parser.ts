import { MessageType, type Stream } from '@tapewire/core'
import {
  type InboundFrame,
  type MessageParser,
  malformedFrame,
  otherMessage,
  type ParsedMessage,
  type Peek,
  unknownMessage,
} from '@tapewire/core/adapter'
import { decodePush, findBody, isBlank, type Parsed, Push, type PushReader } from '../shared/push.js'
import { balancesPush } from './parsers/balances.js'
import { aggreBookTickerPush, bookTickerBatchPush } from './parsers/book-ticker.js'
import { candlesPush } from './parsers/candles.js'
import { controlMessage } from './parsers/control.js'
import { executionsPush } from './parsers/executions.js'
import { aggreDepthPush, limitDepthPush } from './parsers/orderbook.js'
import { ordersPush } from './parsers/orders.js'
import { miniTickerPush, miniTickersPush } from './parsers/ticker.js'
import { tradesPush } from './parsers/trades.js'
import type { MexcSpotStreams } from './streams.js'
import { UnchangedQuotes } from './unchanged-quotes.js'

/** Every kind of body that MEXC still sends. */
export const pushReaders: readonly PushReader<MexcSpotStreams>[] = [
  aggreBookTickerPush,
  tradesPush,
  aggreDepthPush,
  bookTickerBatchPush,
  candlesPush,
  limitDepthPush,
  miniTickerPush,
  miniTickersPush,
  ordersPush,
  executionsPush,
  balancesPush,
]

const readersByField: (PushReader<MexcSpotStreams> | undefined)[] = []
for (const reader of pushReaders) readersByField[reader.field] = reader

/** Of field 1, whose length follows: in one byte, as no name we ask for has 128. */
const channelTag = 0x0a

export interface MexcSpotParserOptions {
  /** Drops quotes that repeat the last one of their stream. Default false. */
  readonly suppressDuplicateQuotes?: boolean
}

/** Text frames are control replies, binary frames hold one protobuf push each. Source: MEXC spot v3 API docs, "Websocket Market Streams". */
export class MexcSpotParser implements MessageParser {
  readonly #streams: MexcSpotStreams
  readonly #quotes: UnchangedQuotes | null
  readonly #push = new Push()
  readonly #fallbacks = new Map<string, number>()

  constructor(streams: MexcSpotStreams, { suppressDuplicateQuotes = false }: MexcSpotParserOptions = {}) {
    this.#streams = streams
    this.#quotes = suppressDuplicateQuotes ? new UnchangedQuotes() : null
  }

  /** How many pushes were left to the reference, by channel: `aggre.depth`. */
  get fallbacks(): ReadonlyMap<string, number> {
    return this.#fallbacks
  }

  peek(frame: InboundFrame): Peek {
    return frame.isBinary ? this.#streamOf(frame) : 'control'
  }

  parse(frame: InboundFrame): Parsed {
    if (!frame.isBinary) return this.#readControl(frame)
    return this.readFast(frame) ?? this.readReference(frame)
  }

  /**
   * The messages of a push, read straight from its bytes: what it says is what the reference says, or null. Left to the reference is whatever is not just as
   * declared: malformed or missing parts, other wire types, numbers in other notations, fields or bodies that come twice.
   */
  readFast(frame: InboundFrame): Parsed | null {
    const parsed = this.#scan(frame)
    if (parsed === null) this.#countFallback(frame)
    return parsed
  }

  /** Any push, right or wrong, read with the generated protobuf code: what it means. */
  readReference(frame: InboundFrame): Parsed {
    const { receivedAt } = frame
    const bytes = frame.bytes.subarray(frame.start, frame.end)
    const push = decodePush(bytes)
    if (typeof push === 'string') return malformedFrame(receivedAt, push, { stream: this.#streamOf(frame) })
    const { body, channel } = push
    if (body === undefined) {
      const field = findBody(bytes)
      return field === null
        ? unknownMessage(receivedAt, 'a push without a body')
        : otherMessage(receivedAt, channel, `a push with the unknown body ${field}`)
    }
    const parsed = this.#push.load(push, receivedAt) ?? this.#readBody()
    if (parsed === null) return otherMessage(receivedAt, channel, `a push of a retired channel (${body.$case})`)
    if (typeof parsed !== 'string') return parsed
    // A body that is there and empty says nothing; one that is half there is an error.
    if (isBlank(body.value)) return unknownMessage(receivedAt, `a push with an empty body (${body.$case})`)
    return malformedFrame(receivedAt, parsed, { stream: this.#streamOf(frame), wireChannel: channel })
  }

  #scan(frame: InboundFrame): Parsed | null {
    const parsed = this.#push.scan(frame) ? this.#readBody() : null
    return typeof parsed === 'string' ? null : parsed
  }

  /** The messages of the push that was read last, or what is wrong with its body; null for a body that nobody reads. */
  #readBody(): Parsed | string | null {
    const push = this.#push
    const reader = readersByField[push.field]
    if (reader === undefined) return null
    const parsed = push.readBody(reader.shape) ?? reader.read(push, this.#streams)
    if (this.#quotes === null || !reader.isQuote || typeof parsed === 'string') return parsed
    return this.#quotes.filter(Array.isArray(parsed) ? parsed : [parsed])
  }

  /** The stream a push says it belongs to: its first field is the channel string, which is a stream's id. Null where nobody is known by it. */
  #streamOf({ bytes, start, end }: InboundFrame): Stream | null {
    const name = start + 2
    const nameEnd = name + (bytes[start + 1] as number)
    if (bytes[start] !== channelTag || !(nameEnd <= end)) return null
    return this.#streams.byId.get(bytes, name, nameEnd) ?? null
  }

  #readControl(frame: InboundFrame): ParsedMessage {
    const message = controlMessage(frame)
    if (this.#quotes !== null && message.type === MessageType.SubscriptionConfirm) {
      for (const id of message.data.accepted) this.#quotes.forget(id)
    }
    return message
  }

  /** Bodies that nobody reads fast are not counted, nor are bytes that say nothing of their channel: those are reported as ERROR. */
  #countFallback({ bytes, start, end }: InboundFrame): void {
    const reader = readersByField[findBody(bytes.subarray(start, end)) ?? 0]
    if (reader !== undefined) this.#fallbacks.set(reader.channel, (this.#fallbacks.get(reader.channel) ?? 0) + 1)
  }
}
