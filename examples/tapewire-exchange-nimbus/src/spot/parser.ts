import {
  frameJson,
  type InboundFrame,
  type MessageParser,
  malformedFrame,
  type ParsedMessage,
  type Peek,
} from '@tapewire/core/adapter'
import { candlesReader } from './parsers/candles.js'
import { readControl } from './parsers/control.js'
import { orderbookReader } from './parsers/orderbook.js'
import { type PushReader, streamOfPush } from './parsers/push.js'
import { tickerReader } from './parsers/ticker.js'
import { tradesReader } from './parsers/trades.js'
import type { NimbusStreams } from './streams.js'

/** What every frame begins with, as Nimbus writes it; behind it stands the type. */
const head = Buffer.from('{"type":"')
const typeOffset = head.length

/** Between the type's last letter and the symbol's first. */
const symbolKey = '","symbol":"'

const letter = { b: 0x62, c: 0x63, r: 0x72, t: 0x74, quote: 0x22, colon: 0x3a } as const

/** Reads Nimbus' frames: pushes by their shape, everything else by `JSON.parse`. */
export class NimbusParser implements MessageParser {
  readonly fallbacks: Map<string, number> = new Map()
  readonly #trades: PushReader
  readonly #ticker: PushReader
  readonly #book: PushReader
  readonly #candles: PushReader
  readonly #byType: ReadonlyMap<unknown, PushReader>

  constructor(streams: NimbusStreams) {
    this.#trades = tradesReader(streams.trades)
    this.#ticker = tickerReader(streams.ticker)
    this.#book = orderbookReader(streams.book)
    this.#candles = candlesReader(streams.candles)
    this.#byType = new Map(
      [this.#trades, this.#ticker, this.#book, this.#candles].map((reader) => [reader.type, reader]),
    )
  }

  parse(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
    const reader = this.#readerAt(frame.bytes, frame.start)
    if (reader?.scan(frame.bytes, frame.start, frame.end)) {
      const messages = reader.compose(frame.receivedAt)
      if (messages) return messages
    }
    return this.#parseSlowly(frame)
  }

  peek({ bytes, start, end }: InboundFrame): Peek {
    const reader = this.#readerAt(bytes, start)
    if (reader === null) return isHead(bytes, start, end) ? 'control' : null
    const from = start + typeOffset + reader.type.length + symbolKey.length
    if (bytes[from - 1] !== letter.quote || bytes[from - 2] !== letter.colon) return null
    const to = bytes.indexOf(letter.quote, from)
    return to === -1 || to >= end ? null : (reader.tableAt(bytes, to, end)?.at(bytes, from, to) ?? null)
  }

  /** Which reader is likely, by one or two letters of the type; null where it is no data. */
  #readerAt(bytes: Buffer, start: number): PushReader | null {
    switch (bytes[start + typeOffset]) {
      case letter.t:
        return bytes[start + typeOffset + 1] === letter.r ? this.#trades : this.#ticker
      case letter.b:
        return this.#book
      case letter.c:
        return this.#candles
      default:
        return null
    }
  }

  #parseSlowly(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
    const { receivedAt } = frame
    const read = frameJson(frame)
    if ('fault' in read) return malformedFrame(receivedAt, read.fault)
    const { value } = read
    if (typeof value !== 'object' || value === null) return malformedFrame(receivedAt, 'no object')
    const fields = value as Readonly<Record<string, unknown>>
    const reader = this.#byType.get(fields.type)
    if (!reader) return readControl(fields, receivedAt)
    this.fallbacks.set(reader.wireChannel, (this.fallbacks.get(reader.wireChannel) ?? 0) + 1)
    const fault = reader.load(value)
    if (fault !== null) {
      return malformedFrame(receivedAt, fault, { wireChannel: reader.wireChannel, stream: streamOfPush(reader, value) })
    }
    return (
      reader.compose(receivedAt) ??
      malformedFrame(receivedAt, 'it names no stream', { wireChannel: reader.wireChannel })
    )
  }
}

function isHead(bytes: Buffer, start: number, end: number): boolean {
  const behind = start + typeOffset
  return behind <= end && head.compare(bytes, start, behind) === 0
}
