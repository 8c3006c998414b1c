import type { Channel } from '@tapewire/core'
import {
  frameJson,
  type InboundFrame,
  type MessageParser,
  malformedFrame,
  type ParsedMessage,
  type Peek,
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
import { type PushReader, pushStream, pushTime, scanData, scanEnvelope } from './push.js'
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

/**
 * Reads Newex's frames: binary ones are pushes, text ones are everything else.
 * Left to write: a reference decoder out of Newex's `.proto` file. It reads what `scan` refuses, and everything where code may not be made from strings.
 */
export class NewexSpotParser implements MessageParser {
  readonly #streams: NewexSpotStreams

  constructor(streams: NewexSpotStreams) {
    this.#streams = streams
  }

  peek(frame: InboundFrame): Peek {
    if (!frame.isBinary) return 'control'
    return scanEnvelope(frame) ? pushStream(this.#streams.table) : null
  }

  parse(frame: InboundFrame): ParsedMessage {
    return frame.isBinary ? this.#readPush(frame) : readControl(frame)
  }

  #readPush(frame: InboundFrame): ParsedMessage {
    const { receivedAt } = frame
    if (!scanEnvelope(frame)) return malformedFrame(receivedAt, 'The frame is no push.')
    const stream = pushStream(this.#streams.table)
    const reader = stream === null ? undefined : pushReaders[stream.channel]
    if (stream === null || reader === undefined) {
      return unknownMessage(receivedAt, 'The push is of a stream whose name cannot be read.')
    }
    const time = pushTime()
    if (!scanData(reader.shape)) {
      return malformedFrame(receivedAt, `${stream.wireChannel}: data is not what was declared.`, { stream })
    }
    return reader.compose(stream, time, receivedAt)
  }
}

function readControl(frame: InboundFrame): ParsedMessage {
  const { receivedAt } = frame
  const json = frameJson(frame)
  if ('fault' in json) return malformedFrame(receivedAt, `The frame is ${json.fault}.`)
  const message = controlMessage(json.value, receivedAt)
  return message ?? unknownMessage(receivedAt, 'The message names no operation.')
}
