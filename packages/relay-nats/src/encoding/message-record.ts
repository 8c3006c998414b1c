import type { Channel, ChannelPayloads, DataMessage, Instrument, Stream } from '@tapewire/core'
import { dataMessage } from '@tapewire/core/adapter'
import type { ByteReader } from './byte-reader.js'
import type { ByteWriter } from './byte-writer.js'
import { readBalances, writeBalances } from './payloads/balances.js'
import { readBookTicker, writeBookTicker } from './payloads/book-ticker.js'
import { readCandle, writeCandle } from './payloads/candles.js'
import { readExecution, writeExecution } from './payloads/executions.js'
import { readOrderbook, writeOrderbook } from './payloads/orderbook.js'
import { readOrder, writeOrder } from './payloads/orders.js'
import { readTicker, writeTicker } from './payloads/ticker.js'
import { readTrades, writeTrades } from './payloads/trades.js'

/** Bits of the byte that a message begins with. */
const hasReceivedAt = 1
const hasExchangeTime = 2
const hasSequence = 4
const hasSymbol = 8
const isBackfilled = 16
const hasSymbolBefore = 32
const known = 63
const eitherSymbol = hasSymbol | hasSymbolBefore

/** What a reader adds to what is in the frame. */
export interface ReadingContext {
  /** What the messages came on: the consumer's own stream, of the frame's channel. */
  readonly stream: Stream
  /** The instrument of that name. What it throws makes the frame malformed. */
  instrumentOf(name: string): Instrument
  /** When the consumer received the frame, epoch ms; null where each message keeps the time at which the relay had received it, as when the past is read. */
  readonly receivedAt: number | null
}

/** `previous` is the message before in the same frame, null of the first: a time of reception and a symbol that are the same are not written again. */
export function writeMessage(writer: ByteWriter, message: DataMessage, previous: DataMessage | null): void {
  const { stream, symbol, exchangeTime, receivedAt, sequence, backfilled } = message
  const isOfStream = symbol === null || symbol === stream.instrument
  const isSymbolBefore = !isOfStream && symbol === previous?.symbol
  const isReceivedBefore = receivedAt === previous?.receivedAt
  let bits = isReceivedBefore ? 0 : hasReceivedAt
  if (exchangeTime !== null) bits |= hasExchangeTime
  if (sequence !== null) bits |= hasSequence
  if (!isOfStream) bits |= isSymbolBefore ? hasSymbolBefore : hasSymbol
  if (backfilled === true) bits |= isBackfilled
  writer.reserve(25)
  writer.u8(bits)
  if (!isReceivedBefore) writer.f64(receivedAt)
  if (exchangeTime !== null) writer.f64(exchangeTime)
  if (sequence !== null) writer.f64(sequence)
  if ((bits & hasSymbol) !== 0) writer.text((symbol as Instrument).name)
  writePayload(writer, message)
}

function writePayload(writer: ByteWriter, message: DataMessage): void {
  switch (message.channel) {
    case 'orderbook':
      writeOrderbook(writer, message.data)
      break
    case 'trades':
      writeTrades(writer, message.data)
      break
    case 'book_ticker':
      writeBookTicker(writer, message.data)
      break
    case 'ticker':
      writeTicker(writer, message.data)
      break
    case 'candles':
      writeCandle(writer, message.data)
      break
    case 'orders':
      writeOrder(writer, message.data)
      break
    case 'executions':
      writeExecution(writer, message.data)
      break
    case 'balances':
      writeBalances(writer, message.data)
      break
  }
}

/** The messages of a frame; null where they cannot be read. */
export function readMessageRecords(
  reader: ByteReader,
  count: number,
  { stream, instrumentOf, receivedAt: ours }: ReadingContext,
): readonly DataMessage[] | null {
  const { channel } = stream
  const messages: DataMessage[] = []
  let relayReceivedAt = Number.NaN
  let symbol = stream.instrument
  for (let index = 0; index < count; index += 1) {
    const bits = reader.u8()
    if ((bits & ~known) !== 0 || (bits & eitherSymbol) === eitherSymbol) return null
    if ((bits & hasReceivedAt) !== 0) relayReceivedAt = reader.f64()
    else if (index === 0) return null
    const exchangeTime = (bits & hasExchangeTime) === 0 ? null : reader.f64()
    const sequence = (bits & hasSequence) === 0 ? null : reader.f64()
    if ((bits & hasSymbol) !== 0) symbol = namedInstrument(reader, instrumentOf)
    else if ((bits & hasSymbolBefore) === 0) symbol = stream.instrument
    else if (index === 0) return null
    const data = readPayload(reader, channel)
    if (reader.isBroken) return null
    const receivedAt = ours ?? relayReceivedAt
    const message = dataMessage(stream, symbol, data, exchangeTime, receivedAt, sequence) as DataMessage
    messages.push((bits & isBackfilled) === 0 ? message : { ...message, backfilled: true })
  }
  return reader.isDone ? messages : null
}

/** Null where the bytes are no name: then the reader is broken. */
function namedInstrument(reader: ByteReader, instrumentOf: (name: string) => Instrument): Instrument | null {
  const name = reader.text()
  if (reader.isBroken) return null
  try {
    return instrumentOf(name)
  } catch {
    reader.fail()
    return null
  }
}

function readPayload(reader: ByteReader, channel: Channel): ChannelPayloads[Channel] {
  switch (channel) {
    case 'orderbook':
      return readOrderbook(reader)
    case 'trades':
      return readTrades(reader)
    case 'book_ticker':
      return readBookTicker(reader)
    case 'ticker':
      return readTicker(reader)
    case 'candles':
      return readCandle(reader)
    case 'orders':
      return readOrder(reader)
    case 'executions':
      return readExecution(reader)
    case 'balances':
      return readBalances(reader)
  }
}
