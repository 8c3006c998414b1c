import type { Channel, Stream } from '@tapewire/core'
import {
  frameJson,
  type InboundFrame,
  id,
  jsonShape,
  type MessageParser,
  malformedFrame,
  type ParsedMessage,
  type Peek,
  StreamTable,
  unknownMessage,
} from '@tapewire/core/adapter'
import { bookTickerPush } from './parsers/book-ticker.js'
import { controlMessage } from './parsers/control.js'
import { orderbookPush } from './parsers/orderbook.js'
import { tradesPush } from './parsers/trades.js'
import type { PushReader } from './push.js'
import type { AcmeStreams } from './streams.js'

/** How the pushes of each channel are read. */
export const pushReaders: Readonly<Partial<Record<Channel, PushReader>>> = {
  trades: tradesPush,
  book_ticker: bookTickerPush,
  orderbook: orderbookPush,
}

/** Every push of market data begins like this, and nothing else does. */
const pushHead = Buffer.from('{"number":')
/** And everything else begins like this. */
const operationHead = Buffer.from('{"op":')
const push = jsonShape({ number: id })

/** Reads Acme's frames. A push carries the number of its stream and nothing else to know it by; the number is told by the answer to the subscription, and holds for this connection. */
export class AcmeParser implements MessageParser {
  readonly fallbacks: Map<string, number> = new Map()
  readonly #streams: AcmeStreams
  readonly #numbers = new StreamTable(() => null)

  constructor(streams: AcmeStreams) {
    this.#streams = streams
  }

  forConnection(): MessageParser {
    return new AcmeParser(this.#streams)
  }

  peek({ bytes, start, end }: InboundFrame): Peek {
    if (isPush(bytes, start, end)) return this.#streamAt(bytes, start, end)
    return isOperation(bytes, start, end) ? 'control' : null
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
    const control = controlMessage(json.value, receivedAt, (number, streamId) => this.#learn(number, streamId))
    return control ?? this.#readPush(json.value, receivedAt)
  }

  #learn(number: string, streamId: string): void {
    const stream = this.#streams.named(streamId)
    if (stream !== null) this.#numbers.learn(number, stream)
  }

  #readPush(value: unknown, receivedAt: number): ParsedMessage {
    if (push.load(value) !== null) {
      return unknownMessage(receivedAt, 'The message names neither an operation nor the number of a stream.')
    }
    const stream = this.#numbers.of(push.text(push.slots.number) as string)
    const reader = stream === null ? undefined : pushReaders[stream.channel]
    if (stream === null || reader === undefined) {
      return unknownMessage(receivedAt, 'The push is of a number that no answer has told on this connection.')
    }
    const { wireChannel } = stream
    this.fallbacks.set(wireChannel, (this.fallbacks.get(wireChannel) ?? 0) + 1)
    const fault = reader.shape.load(value)
    if (fault !== null) return malformedFrame(receivedAt, `${wireChannel}: ${fault}.`, { stream })
    return reader.compose(stream, receivedAt)
  }

  /** The stream of a push; null where its number is not known. */
  #streamAt(bytes: Buffer, start: number, end: number): Stream | null {
    const first = start + pushHead.length
    let behind = first
    while (behind < end && bytes[behind] !== comma) behind += 1
    return this.#numbers.at(bytes, first, behind)
  }
}

const comma = 44

function isPush(bytes: Buffer, start: number, end: number): boolean {
  return beginsWith(pushHead, bytes, start, end)
}

function isOperation(bytes: Buffer, start: number, end: number): boolean {
  return beginsWith(operationHead, bytes, start, end)
}

function beginsWith(head: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const behind = start + head.length
  return behind <= end && head.compare(bytes, start, behind) === 0
}
