import type { Stream } from '@tapewire/core'
import {
  type ErrorDetails,
  frameJson,
  frameText,
  type InboundFrame,
  type MessageParser,
  malformedFrame,
  otherMessage,
  type ParsedMessage,
  type Peek,
  type StreamTable,
  unknownMessage,
} from '@tapewire/core/adapter'
import { envelopeTime, type Fields, isFields } from '../shared/fields.js'
import { type AccountReader, loadPush, type PushReader } from '../shared/push.js'
import { isOfOtherMarket, otherChannels, wireChannels } from './channels.js'
import { channelPlace, isControlFrame } from './control-frame.js'
import { balancesPush } from './parsers/balances.js'
import { bookTickerPush } from './parsers/book-ticker.js'
import { candlesPush } from './parsers/candles.js'
import { controlMessage, readNotice } from './parsers/control.js'
import { executionsPush } from './parsers/executions.js'
import { obuPush, orderBookPush, orderBookUpdatePush } from './parsers/orderbook.js'
import { ordersPush } from './parsers/orders.js'
import { tickerPush } from './parsers/ticker.js'
import { tradesPush } from './parsers/trades.js'
import type { GateioSpotStreams } from './streams.js'

type FastChannel = 'bookTicker' | 'candles' | 'obu' | 'orderBook' | 'orderBookUpdate' | 'ticker' | 'trades'

/** Every channel whose pushes can be read from their bytes. */
export const fastPushes: Readonly<Record<FastChannel, PushReader>> = {
  bookTicker: bookTickerPush,
  candles: candlesPush,
  obu: obuPush,
  orderBook: orderBookPush,
  orderBookUpdate: orderBookUpdatePush,
  ticker: tickerPush,
  trades: tradesPush,
}

const accountReaders: ReadonlyMap<string, AccountReader> = new Map(
  [ordersPush, executionsPush, balancesPush].map((reader) => [reader.wireChannel, reader]),
)

/** How the pushes of one wire channel are read, and which streams they name. */
interface Route {
  readonly reader: PushReader
  readonly streams: StreamTable
  /** What stands in a push behind `"channel":"spot.`. */
  readonly head: Buffer
  /** What stands before the name of the stream. */
  readonly key: Buffer
}

/** Reads the frames of Gate.io's spot socket, public and private. */
export class GateioSpotParser implements MessageParser {
  readonly #streams: GateioSpotStreams
  readonly #routes: Readonly<Record<FastChannel, Route>>
  readonly #byChannel: ReadonlyMap<string, Route>
  readonly #fallbacks = new Map<string, number>()

  constructor(streams: GateioSpotStreams) {
    this.#streams = streams
    this.#routes = routesOf(streams)
    const routes = Object.values(this.#routes).map((route): [string, Route] => [channelOf(route.reader), route])
    this.#byChannel = new Map([...routes, [wireChannels.tradesV2, this.#routes.trades]])
  }

  get fallbacks(): ReadonlyMap<string, number> {
    return this.#fallbacks
  }

  peek({ bytes, start, end }: InboundFrame): Peek {
    const name = channelPlace(bytes, start)
    const route = this.#routeAt(bytes, name)
    if (route !== null && startsWith(bytes, name, end, route.head)) return streamIn(bytes, name, end, route)
    return isControlFrame(bytes, start, end) ? 'control' : null
  }

  parse(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
    return this.readFast(frame) ?? this.readReference(frame)
  }

  /** The message of a push that has exactly the declared shape, read from its bytes. Null for everything else, which is left to the reference decoder. */
  readFast({ bytes, start, end, receivedAt }: InboundFrame): ParsedMessage | null {
    const route = this.#routeAt(bytes, channelPlace(bytes, start))
    if (route === null || !route.reader.shape.scan(bytes, start, end)) return null
    const message = route.reader.compose(route.streams, receivedAt)
    // What is wrong with a push is told of its stream, which only the reference decoder finds then.
    return typeof message === 'string' ? null : message
  }

  /** Any frame, right or wrong: what it means. Key order is free and unknown keys are ignored. */
  readReference(frame: InboundFrame): ParsedMessage | readonly ParsedMessage[] {
    const { receivedAt } = frame
    const json = frameJson(frame)
    if ('fault' in json)
      return malformedFrame(receivedAt, `The frame is ${json.fault}.`, this.#ownerOf(frameText(frame)))
    if (!isFields(json.value)) {
      return malformedFrame(receivedAt, 'The frame is JSON, but not an object.', { failure: 'corrupt' })
    }
    const envelope = json.value
    const control = controlMessage(envelope, receivedAt, (wireChannel) => this.#streams.ofChannel(wireChannel))
    if (control !== null) return control
    const { channel, event } = envelope
    if (typeof channel !== 'string') {
      const fault = 'The message names no channel.'
      return event === 'update' ? malformedFrame(receivedAt, fault) : unknownMessage(receivedAt, fault)
    }
    if (event === 'update' || (event === undefined && channel === wireChannels.obu)) {
      return this.#push(channel, envelope, receivedAt)
    }
    return this.#strangeEvent(channel, envelope, receivedAt)
  }

  /** A message that says of what it is, and is no push: what it holds for one of our streams is lost to that. */
  #strangeEvent(channel: string, { result }: Fields, receivedAt: number): ParsedMessage {
    const fault = `The event of a message on ${clip(channel)} is none we know.`
    const route = this.#byChannel.get(channel)
    const isOurs = route !== undefined || accountReaders.has(channel)
    if (!isOurs || result === undefined || result === null) return unknownMessage(receivedAt, fault)
    const stream = route === undefined ? null : streamNamedBy(result, route.reader, route.streams)
    return malformedFrame(receivedAt, fault, { wireChannel: channel, stream })
  }

  /**
   * Whose a frame is that is no JSON: its stream's, where it names one and no other; its channel's where it names several or none of that. One that names no
   * channel, or several, and one with foreign bytes inside mean that the connection is broken: a saturated link has been seen to deliver frames with the bytes
   * of others inside, heads included (gateio/gatews#15, #25), and then nobody knows what else is missing.
   */
  #ownerOf(text: string | null): ErrorDetails {
    const [channel = '', ...others] = text === null ? [] : valuesOf('channel', text)
    if (text === null || others.length > 0 || !this.#isKnown(channel)) return { failure: 'corrupt' }
    const route = this.#byChannel.get(channel)
    const [name = '', ...otherNames] = route === undefined ? [] : valuesOf(route.reader.streamField, text)
    return { wireChannel: channel, stream: otherNames.length > 0 ? null : (route?.streams.of(name) ?? null) }
  }

  #isKnown(channel: string): boolean {
    const isOurs = this.#byChannel.has(channel) || accountReaders.has(channel)
    return isOurs || channel === wireChannels.system || otherChannels.has(channel) || isOfOtherMarket(channel)
  }

  #push(channel: string, envelope: Fields, receivedAt: number): ParsedMessage | readonly ParsedMessage[] {
    const route = this.#byChannel.get(channel)
    if (route !== undefined) return this.#publicPush(channel, route, envelope, receivedAt)
    const reader = accountReaders.get(channel)
    if (reader !== undefined) return this.#accountPush(reader, envelope, receivedAt)
    if (channel === wireChannels.system) return readNotice(envelope.result, receivedAt)
    if (otherChannels.has(channel)) return otherMessage(receivedAt, channel, 'a channel that is not normalised')
    if (isOfOtherMarket(channel)) return otherMessage(receivedAt, channel, 'a push of another market')
    return unknownMessage(receivedAt, `The channel ${clip(channel)} is none we know.`)
  }

  #publicPush(channel: string, { reader, streams }: Route, envelope: Fields, receivedAt: number): ParsedMessage {
    if (channel === channelOf(reader)) this.#fallbacks.set(channel, (this.#fallbacks.get(channel) ?? 0) + 1)
    const message = loadPush(reader, envelope) ?? reader.compose(streams, receivedAt)
    if (typeof message !== 'string') return message
    const stream = streamNamedBy(envelope.result, reader, streams)
    return malformedFrame(receivedAt, `${channel}: ${message}.`, { wireChannel: channel, stream })
  }

  #accountPush(
    { wireChannel, read }: AccountReader,
    envelope: Fields,
    receivedAt: number,
  ): ParsedMessage | readonly ParsedMessage[] {
    const { result } = envelope
    if (!Array.isArray(result)) {
      return malformedFrame(receivedAt, `${wireChannel}: result is not a list.`, { wireChannel })
    }
    const messages = read(result, {
      streams: this.#streams.named(wireChannel),
      instrumentOf: (wireSymbol) => this.#streams.instrumentOf(wireSymbol),
      sentAt: envelopeTime(envelope),
      receivedAt,
    })
    if (messages.length === 0) return otherMessage(receivedAt, wireChannel, 'a push without rows')
    return messages.length === 1 ? (messages[0] as ParsedMessage) : messages
  }

  /** Which channel it can be at most, by the letters that tell the names apart; what follows must be checked. */
  #routeAt(bytes: Buffer, name: number): Route | null {
    const routes = this.#routes
    switch (bytes[name]) {
      case letter.b:
        return routes.bookTicker
      case letter.c:
        return routes.candles
      case letter.t:
        return bytes[name + 1] === letter.r ? routes.trades : routes.ticker
      case letter.o:
        if (bytes[name + 1] === letter.b) return routes.obu
        return bytes[name + 'order_book'.length] === letter.underscore ? routes.orderBookUpdate : routes.orderBook
      default:
        return null
    }
  }
}

const letter = { b: 98, c: 99, o: 111, r: 114, t: 116, underscore: 95 } as const
const quote = 34

function routesOf(streams: GateioSpotStreams): Readonly<Record<FastChannel, Route>> {
  const routes = Object.entries(fastPushes).map(([name, reader]) => [name, routeOf(reader, streams)] as const)
  return Object.fromEntries(routes) as Record<FastChannel, Route>
}

function routeOf(reader: PushReader, streams: GateioSpotStreams): Route {
  const channel = channelOf(reader)
  return {
    reader,
    streams: streams.named(channel),
    head: Buffer.from(`${channel.slice('spot.'.length)}","event":"update"`),
    key: Buffer.from(`"${reader.streamField}":"`),
  }
}

function channelOf({ shape }: PushReader): string {
  return shape.declaration.channel.text
}

function startsWith(bytes: Buffer, at: number, end: number, text: Buffer): boolean {
  const behind = at + text.length
  return behind <= end && text.compare(bytes, at, behind) === 0
}

/** The stream that a push names between two places; null where it names none that can be read. */
function streamIn(bytes: Buffer, start: number, end: number, { key, streams }: Route): Stream | null {
  const window = bytes.subarray(start, end)
  const place = window.indexOf(key)
  if (place === -1) return null
  const name = place + key.length
  const behind = window.indexOf(quote, name)
  return behind === -1 ? null : streams.at(window, name, behind)
}

/** The stream that a `result` names which cannot be read otherwise. */
function streamNamedBy(result: unknown, { streamField }: PushReader, streams: StreamTable): Stream | null {
  const name = isFields(result) ? result[streamField] : null
  return typeof name === 'string' ? streams.of(name) : null
}

/** The different texts that a key has in what is no JSON; one that is cut off, or not followed by what follows a text, is an empty one. */
function valuesOf(key: string, text: string): readonly string[] {
  const values = text.matchAll(new RegExp(`"${key}"\\s*:\\s*(?:"([^"\\\\]*)"(?=\\s*(?:[,}]|$)))?`, 'g'))
  return [...new Set([...values].map(([, value = '']) => value))]
}

/** A name from the wire, short enough to show. */
function clip(name: string): string {
  return JSON.stringify(name.slice(0, 40))
}
