import {
  errorMessage,
  frameJson,
  heartbeatMessage,
  type InboundFrame,
  type MessageParser,
  malformedFrame,
  otherMessage,
  type ParsedMessage,
  type SymbolTable,
  unknownMessage,
} from '@tapewire/core'
import { otherChannels, wireChannels } from './channels.js'
import { isControlFrame } from './control-frame.js'
import { acknowledgementMessage } from './parsers/acknowledgement.js'
import { apiReplyMessage } from './parsers/api-reply.js'
import { balanceMessages } from './parsers/balances.js'
import { bookTickerMessage } from './parsers/book-ticker.js'
import { candleMessage } from './parsers/candle.js'
import { readExchangeError } from './parsers/exchange-error.js'
import { executionMessages } from './parsers/executions.js'
import { fastPushes, readFast } from './parsers/fast-push.js'
import { type Fields, isFields } from './parsers/fields.js'
import { obuMessage } from './parsers/obu.js'
import { orderBookMessage } from './parsers/order-book.js'
import { orderBookUpdateMessage } from './parsers/order-book-update.js'
import { orderMessages } from './parsers/orders.js'
import type { PushDecoder } from './parsers/push.js'
import { systemMessage } from './parsers/system.js'
import { tickerMessage } from './parsers/ticker.js'
import { envelopeTime } from './parsers/times.js'
import { tradesMessage } from './parsers/trades.js'

const decoders: ReadonlyMap<unknown, PushDecoder> = new Map<string, PushDecoder>([
  [wireChannels.orderBookUpdate, orderBookUpdateMessage],
  [wireChannels.orderBook, orderBookMessage],
  [wireChannels.obu, obuMessage],
  [wireChannels.trades, tradesMessage],
  [wireChannels.tradesV2, tradesMessage],
  [wireChannels.bookTicker, bookTickerMessage],
  [wireChannels.tickers, tickerMessage],
  [wireChannels.candlesticks, candleMessage],
  [wireChannels.orders, orderMessages],
  [wireChannels.userTrades, executionMessages],
  [wireChannels.balances, balanceMessages],
  [wireChannels.system, systemMessage],
])

const fastChannels = new Set(fastPushes.map(({ shape }) => shape.declaration.channel.text))

/** Reads the frames of Gate.io's spot socket, public and private. */
export class GateioParser implements MessageParser {
  readonly #symbols: SymbolTable
  readonly #fallbacks = new Map<string, number>()

  constructor(symbols: SymbolTable) {
    this.#symbols = symbols
  }

  get fallbacks(): ReadonlyMap<string, number> {
    return this.#fallbacks
  }

  isControl(frame: InboundFrame): boolean {
    return isControlFrame(frame.bytes, frame.start, frame.end)
  }

  /**
   * A frame that is not a JSON object means that the connection is broken: a saturated link has been seen to deliver frames with foreign bytes
   * inside (gateio/gatews#15, #25).
   */
  parse(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
    return readFast(frame, this.#symbols) ?? this.#readReference(frame)
  }

  #readReference(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
    const { receivedAt } = frame
    const json = frameJson(frame)
    if ('fault' in json) return malformedFrame(receivedAt, `The frame is ${json.fault}.`, 'corrupt')
    if (!isFields(json.value)) return malformedFrame(receivedAt, 'The frame is JSON, but not an object.', 'corrupt')
    return this.#dispatch(json.value, receivedAt)
  }

  /** Key order is free and unknown keys are ignored. A pong has an empty `event`, so it is told by its channel, before any acknowledgement. */
  #dispatch(envelope: Fields, receivedAt: number): ParsedMessage | readonly ParsedMessage[] {
    const { channel, event, error } = envelope
    const hasError = error !== undefined && error !== null
    if (isFields(envelope.header)) return apiReplyMessage(envelope, envelope.header, receivedAt)
    if (channel === wireChannels.pong && !hasError) return heartbeatMessage(receivedAt, 'pong', envelopeTime(envelope))
    if (event === 'subscribe' || event === 'unsubscribe') return acknowledgementMessage(envelope, event, receivedAt)
    if (hasError) return reportedError(envelope, receivedAt)
    if (typeof channel !== 'string') return unknownMessage(receivedAt, 'The message names no channel.')
    if (event === 'update' || (event === undefined && channel === wireChannels.obu)) {
      return this.#push(channel, envelope, receivedAt)
    }
    return unknownMessage(receivedAt, `The event of a message on ${clip(channel)} is none we know.`)
  }

  #push(channel: string, envelope: Fields, receivedAt: number): ParsedMessage | readonly ParsedMessage[] {
    const decode = decoders.get(channel)
    if (decode === undefined) {
      if (otherChannels.has(channel)) return otherMessage(receivedAt, channel, 'a channel that is not normalised')
      return unknownMessage(receivedAt, `The channel ${clip(channel)} is none we know.`)
    }
    if (fastChannels.has(channel)) this.#fallbacks.set(channel, (this.#fallbacks.get(channel) ?? 0) + 1)
    try {
      return decode(envelope.result, { symbols: this.#symbols, sentAt: envelopeTime(envelope), receivedAt })
    } catch (thrown) {
      const fault = thrown instanceof Error ? thrown.message : 'unreadable'
      return errorMessage(receivedAt, 'ERR_MALFORMED_FRAME', `${channel}: ${fault}.`, channel)
    }
  }
}

function reportedError(envelope: Fields, receivedAt: number): ParsedMessage {
  const { code, reason } = readExchangeError(envelope.error)
  const wireChannel = typeof envelope.channel === 'string' && envelope.channel !== '' ? envelope.channel : null
  return errorMessage(receivedAt, code ?? 'ERR_VENUE_ERROR', reason, wireChannel)
}

/** A name from the wire, short enough to show. */
function clip(name: string): string {
  return JSON.stringify(name.slice(0, 40))
}
