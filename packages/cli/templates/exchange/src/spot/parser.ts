import type { Channel, Stream } from '@tapewire/core'
import {
  frameJson,
  type InboundFrame,
  jsonShape,
  type MessageParser,
  malformedFrame,
  type ParsedMessage,
  type Peek,
  text,
  unknownMessage,
} from '@tapewire/core/adapter'
// #private
import { balancesPush } from './parsers/balances.js'
// #end
import { bookTickerPush } from './parsers/book-ticker.js'
import { candlesPush } from './parsers/candles.js'
import { controlMessage } from './parsers/control.js'
// #private
import { executionsPush } from './parsers/executions.js'
// #end
import { orderbookPush } from './parsers/orderbook.js'
// #private
import { ordersPush } from './parsers/orders.js'
// #end
import { tickerPush } from './parsers/ticker.js'
import { tradesPush } from './parsers/trades.js'
import type { PushReader } from './push.js'
import type { NewexSpotStreams } from './streams.js'

/** How the pushes of each channel are read. */
export const pushReaders: Readonly<Partial<Record<Channel, PushReader>>> = {
  trades: tradesPush,
  orderbook: orderbookPush,
  book_ticker: bookTickerPush,
  ticker: tickerPush,
  candles: candlesPush,
  // #private
  orders: ordersPush,
  executions: executionsPush,
  balances: balancesPush,
  // #end
}

/** Every push begins like this, and nothing else does; the name of its stream follows. */
const pushHead = Buffer.from('{"stream":"')
/** Answers, pongs and notices begin like this. */
const operationHead = Buffer.from('{"op":"')
const push = jsonShape({ stream: text })
const quote = 0x22

/** Reads Newex's frames: pushes by their shape, everything else, and what has another shape, by `JSON.parse`. */
export class NewexSpotParser implements MessageParser {
  readonly fallbacks: Map<string, number> = new Map()
  readonly #streams: NewexSpotStreams

  constructor(streams: NewexSpotStreams) {
    this.#streams = streams
  }

  peek({ bytes, start, end }: InboundFrame): Peek {
    if (isPush(bytes, start, end)) return this.#streamAt(bytes, start, end)
    // What begins in no known way may be data in another notation: only reading tells.
    return beginsWith(operationHead, bytes, start, end) ? 'control' : null
  }

  parse(frame: InboundFrame): ParsedMessage {
    const { bytes, start, end, receivedAt } = frame
    const stream = isPush(bytes, start, end) ? this.#streamAt(bytes, start, end) : null
    if (stream !== null) {
      const reader = pushReaders[stream.channel]
      if (reader?.shape.scan(bytes, start, end)) return reader.compose(stream, receivedAt)
    }
    return this.#readReference(frame)
  }

  #readReference(frame: InboundFrame): ParsedMessage {
    const { receivedAt } = frame
    const json = frameJson(frame)
    if ('fault' in json) return malformedFrame(receivedAt, `The frame is ${json.fault}.`)
    return controlMessage(json.value, receivedAt) ?? this.#readPush(json.value, receivedAt)
  }

  #readPush(value: unknown, receivedAt: number): ParsedMessage {
    if (push.load(value) !== null) {
      return unknownMessage(receivedAt, 'The message names neither an operation nor a stream.')
    }
    const stream = push.stream(push.slots.stream, this.#streams.table)
    const reader = stream === null ? undefined : pushReaders[stream.channel]
    if (stream === null || reader === undefined) {
      return unknownMessage(receivedAt, 'The push is of a stream whose name cannot be read.')
    }
    const { wireChannel } = stream
    this.fallbacks.set(wireChannel, (this.fallbacks.get(wireChannel) ?? 0) + 1)
    const fault = reader.shape.load(value)
    if (fault !== null) return malformedFrame(receivedAt, `${wireChannel}: ${fault}.`, { stream })
    return reader.compose(stream, receivedAt)
  }

  /** The stream of a push; null where its name cannot be read. */
  #streamAt(bytes: Buffer, start: number, end: number): Stream | null {
    const first = start + pushHead.length
    const behind = bytes.indexOf(quote, first)
    return behind === -1 || behind >= end ? null : this.#streams.table.at(bytes, first, behind)
  }
}

function isPush(bytes: Buffer, start: number, end: number): boolean {
  return beginsWith(pushHead, bytes, start, end)
}

function beginsWith(head: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const behind = start + head.length
  return behind <= end && head.compare(bytes, start, behind) === 0
}
