import { MessageType, type Stream } from '@tapewire/core'
import {
  type ErrorDetails,
  type InboundFrame,
  type MessageParser,
  malformedFrame,
  otherMessage,
  type ParsedMessage,
  type Peek,
} from '@tapewire/core/adapter'
import { quoted } from '../shared/fields.js'
import {
  bodyFields,
  contradiction,
  decodePush,
  outlineOf,
  type Parsed,
  Push,
  type PushOutline,
  type PushReader,
} from '../shared/push.js'
import { isOfOtherMarket } from './channels.js'
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
    const outline = outlineOf(bytes)
    if (typeof push === 'string') return malformedFrame(receivedAt, push, this.#ownerOf(outline))
    const { body, channel } = push
    if (isOfOtherMarket(channel)) return otherMessage(receivedAt, channel, 'a push of another market')
    const fault = faultOf(outline)
    if (fault !== null) return malformedFrame(receivedAt, fault, this.#ownerOf(outline))
    if (body === undefined) {
      return otherMessage(receivedAt, channel, `a push with the unknown body ${outline.unknownBody}`)
    }
    const reader = readersByField[bodyFields[body.$case]]
    if (reader === undefined) return otherMessage(receivedAt, channel, `a push of a retired channel (${body.$case})`)
    const parsed = this.#push.load(push, receivedAt) ?? this.#readBody()
    if (parsed === contradiction) return malformedFrame(receivedAt, parsed, { wireChannel: reader.wireChannel.name })
    return typeof parsed === 'string' ? malformedFrame(receivedAt, parsed, this.#ownerOf(outline)) : parsed
  }

  #scan(frame: InboundFrame): Parsed | null {
    const parsed = this.#push.scan(frame) ? this.#readBody() : null
    return typeof parsed === 'string' ? null : parsed
  }

  /** The messages of the push that was read last, or what is wrong with it. */
  #readBody(): Parsed | string {
    const push = this.#push
    const reader = readersByField[push.field]
    if (reader === undefined) return 'nobody reads its body'
    if (!push.isOn(reader.wireChannel)) return push.disagreement()
    const parsed = push.readBody(reader.shape) ?? reader.read(push, this.#streams)
    if (this.#quotes === null || !reader.isQuote || typeof parsed === 'string') return parsed
    return this.#quotes.filter(Array.isArray(parsed) ? parsed : [parsed])
  }

  /**
   * Whose a push is that cannot be read: its stream's; its channel's where the stream is not told, or told in two ways; nobody's where the channel is not.
   * A push of another market is nobody's of ours.
   */
  #ownerOf({ streamNames, isNameCut, wireSymbols, bodies }: PushOutline): ErrorDetails {
    const names = new Set(streamNames)
    const [name = ''] = names
    if (names.size === 1 && isOfOtherMarket(name)) return { wireChannel: name }
    const ofNames = streamNames.map((streamName) => readerOf(streamName))
    const readers = new Set(
      [...ofNames, ...bodies.map((field) => readersByField[field])].filter((one) => one !== undefined),
    )
    const [reader] = readers
    if (reader === undefined || readers.size > 1) return {}
    const { wireChannel } = reader
    const parts = names.size === 1 && !isNameCut ? wireChannel.partsOf(name) : null
    const symbols = new Set([...(parts?.wireSymbol == null ? [] : [parts.wireSymbol]), ...wireSymbols])
    const [wireSymbol = null] = symbols.size === 1 ? symbols : []
    const stream = this.#streams.named(wireChannel, { wireSymbol, argument: parts?.argument ?? null })
    return { stream, wireChannel: stream === null || parts === null ? wireChannel.name : name }
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
    const [field = 0] = outlineOf(bytes.subarray(start, end)).bodies
    const reader = readersByField[field]
    if (reader !== undefined) this.#fallbacks.set(reader.channel, (this.#fallbacks.get(reader.channel) ?? 0) + 1)
  }
}

/** Whose pushes a stream's name announces, be it cut off behind that of the channel; undefined for a channel we do not have. */
function readerOf(streamName: string): PushReader<MexcSpotStreams> | undefined {
  return pushReaders.find(({ wireChannel }) => wireChannel.partsOf(streamName) !== null)
}

/**
 * What is wrong with a push whose bytes can be decoded; null where nothing is, and where it is of a channel that we do not have. Protobuf takes the last of fields
 * that come twice, and a frame that was cut off behind a field is a push of fewer fields.
 */
function faultOf({ streamNames, wireSymbols, bodies, unknownBody }: PushOutline): string | null {
  const [name = ''] = streamNames
  if (name === '') return 'a push without a channel'
  if (streamNames.length > 1 || wireSymbols.length > 1 || bodies.length > 1) return 'a push that says twice what it is'
  const [field = unknownBody] = bodies
  if (field === null) return `a push on ${quoted(name)} without a body`
  return readerOf(name) === readersByField[field] ? null : `a push on ${quoted(name)} with the body ${field}`
}
