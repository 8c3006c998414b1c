import { optionsChecker } from '../config/check-options.js'
import { callStrategy } from '../connection/strategy-fault.js'
import { StreamError } from '../errors/stream-error.js'
import { type Channel, channels, toChannel } from '../model/channel.js'
import { type Instrument, type SymbolInput, toInstrument } from '../model/instrument.js'
import type { CandleInterval } from '../model/payloads.js'
import { type Stream, TrackedStream } from '../model/stream.js'
import type { SubscriptionRequest, SubscriptionStrategy } from '../strategy/subscription-strategy.js'
import type { Ask, Want } from '../stream/stream-states.js'
import type { StartOptions } from './start-options.js'

/** A symbol for which something else is asked than for the others of its request. */
export interface SymbolRequest<Name extends Channel = Channel> {
  readonly symbol: SymbolInput
  /** Default: those of the request. */
  readonly channels?: readonly Name[]
  /** Widths of its `candles`, one stream each. Default: those of the request. */
  readonly candleIntervals?: readonly CandleInterval[]
}

/** A symbol as users pass it: `'BTC/USDT'`, or `{ symbol: 'ETH/USDT', channels: ['candles'], candleIntervals: ['1m', '1h'] }`. */
export type SymbolEntry<Name extends Channel = Channel> = SymbolInput | SymbolRequest<Name>

/** What to subscribe to: every channel for every symbol that does not name its own. */
export interface InitializeRequest extends StartOptions {
  readonly symbols: readonly SymbolEntry[]
  /** Not needed where every symbol names its own. */
  readonly channels?: readonly Channel[]
  /** Widths of `candles`, one stream each; default: what the exchange's own option says. */
  readonly candleIntervals?: readonly CandleInterval[]
}

/** What is asked of a symbol that does not say so itself; null where nothing is said. */
export type AskDefaults = Pick<Ask, 'channels' | 'candleIntervals'>

/** The channels a user named, without repetition. Throws `ERR_UNKNOWN_CHANNEL` with the likely meaning, or where none is named, or they are no list. */
export function requestedChannels(requested: readonly string[] | undefined): readonly Channel[] {
  const named = requested ?? []
  if (!Array.isArray(named)) {
    throw new StreamError('ERR_UNKNOWN_CHANNEL', 'The channels are not a list.', {
      hint: `Pass ['${typeof requested === 'string' ? requested : 'trades'}']. Channels: ${channels.join(', ')}.`,
    })
  }
  if (named.length === 0) {
    throw new StreamError('ERR_UNKNOWN_CHANNEL', 'No channel was named.', { hint: `Channels: ${channels.join(', ')}.` })
  }
  return [...new Set((named as readonly string[]).map(toChannel))]
}

/** The candle widths a user named, without repetition; which of them there are is the exchange's to say. Throws `ERR_INVALID_CONFIG` for what is no list of them. */
function requestedIntervals(requested: unknown): readonly CandleInterval[] {
  if (isListOfText(requested) && requested.length > 0) return [...new Set(requested as readonly CandleInterval[])]
  throw new StreamError('ERR_INVALID_CONFIG', 'The candle intervals are not a list of at least one.', {
    hint: "Pass candleIntervals: ['1m', '1h'].",
  })
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

/** What a request says for all its symbols, and what is asked of each. Throws as `readAsks`. */
export function readRequest(request: InitializeRequest): {
  readonly defaults: AskDefaults
  readonly asks: readonly Ask[]
} {
  const { symbols, channels: named, candleIntervals } = request ?? {}
  const defaults: AskDefaults = {
    channels: named === undefined ? null : requestedChannels(named),
    candleIntervals: candleIntervals === undefined ? null : requestedIntervals(candleIntervals),
  }
  const asks = readAsks(symbols, defaults)
  if (defaults.candleIntervals !== null && !asks.some((ask) => ask.channels?.includes('candles'))) {
    throw withoutCandles(null)
  }
  return { defaults, asks }
}

/**
 * What a user asked for, symbol by symbol; one without an instrument where none was named. Throws `ERR_INVALID_SYMBOL`, `ERR_UNKNOWN_CHANNEL`, and
 * `ERR_INVALID_CONFIG` for candle intervals that are none, or of a symbol whose candles are not asked for, and for fields that a symbol cannot have.
 */
export function readAsks(symbols: readonly SymbolEntry[] | undefined, defaults: AskDefaults): readonly Ask[] {
  if (symbols !== undefined && !Array.isArray(symbols)) {
    throw new StreamError('ERR_INVALID_SYMBOL', 'The symbols are not a list.', { hint: "Pass ['BTC/USDT']." })
  }
  if (symbols === undefined || symbols.length === 0) return [{ instrument: null, ...defaults }]
  return symbols.map((entry: SymbolEntry) => readAsk(entry, defaults))
}

function readAsk(entry: SymbolEntry, defaults: AskDefaults): Ask {
  if (!isSymbolRequest(entry)) return { instrument: toInstrument(entry), ...defaults }
  const { symbol, channels: named, candleIntervals } = entry
  const instrument = toInstrument(symbol)
  const ofSymbol = named === undefined ? defaults.channels : requestedChannels(named)
  if (candleIntervals === undefined)
    return { instrument, channels: ofSymbol, candleIntervals: defaults.candleIntervals }
  if (!ofSymbol?.includes('candles')) throw withoutCandles(instrument.name)
  return { instrument, channels: ofSymbol, candleIntervals: requestedIntervals(candleIntervals) }
}

/** A field that is misspelt would be a wish that nobody hears of. */
const checkSymbolRequest = optionsChecker('A symbol of the request is not valid', {
  type: 'object',
  additionalProperties: false,
  required: ['symbol'],
  properties: { symbol: {}, channels: {}, candleIntervals: {} },
})

/** Whether more is said than which instrument. Throws `ERR_INVALID_CONFIG` for fields that mean nothing. */
function isSymbolRequest(entry: SymbolEntry): entry is SymbolRequest {
  if (typeof entry !== 'object' || entry === null || isInstrument(entry)) return false
  checkSymbolRequest(entry)
  return true
}

/** As it is, or as plain data. */
function isInstrument(entry: object): boolean {
  const isNamed = 'name' in entry || ('base' in entry && 'quote' in entry)
  return isNamed && !('channels' in entry || 'candleIntervals' in entry)
}

/** Intervals that nothing is done with would be a mistake that nobody hears of. */
function withoutCandles(symbol: string | null): StreamError {
  const whose = symbol === null ? '' : ` of ${symbol}`
  return new StreamError(
    'ERR_INVALID_CONFIG',
    `Candle intervals${whose} were named, and the channel candles was not.`,
    {
      hint: "Name it beside them: channels: ['candles'].",
    },
  )
}

/** The same as the strategy is asked: each channel once for all instruments that want the same of it. Throws `ERR_UNKNOWN_CHANNEL` where no channel was named. */
function toRequests(asks: readonly Ask[]): readonly SubscriptionRequest[] {
  const groups = new Map<string, SubscriptionRequest & { readonly instruments: Instrument[] }>()
  for (const { instrument, channels: named, candleIntervals: intervals } of asks) {
    for (const channel of named ?? requestedChannels(undefined)) {
      const candleIntervals = channel === 'candles' ? intervals : null
      const key = [channel, ...(candleIntervals ?? [])].join()
      const group = groups.get(key) ?? { channel, instruments: [], candleIntervals }
      groups.set(key, group)
      if (instrument !== null) group.instruments.push(instrument)
    }
  }
  return [...groups.values()].map((group) => ({ ...group, instruments: [...new Set(group.instruments)] }))
}

/** What a user asked for, as streams of the exchange: for each channel and instrument the stream that brings it. Throws what the strategy throws, a mistake in its code as `ERR_INVALID_STRATEGY`. */
export function planWants(strategy: SubscriptionStrategy, asks: readonly Ask[]): readonly Want[] {
  return toRequests(asks).flatMap((request) => {
    const { channel, instruments } = request
    const streams = callStrategy('plan', () => strategy.plan(request))
    if (!Array.isArray(streams as unknown)) throw notAStream(channel)
    const wants = streams.flatMap((stream) => wantsOf(stream, channel, instruments))
    checkIntervals(request, streams)
    return wants
  })
}

/** A stream of many instruments is wanted for each that was named: giving one back must not end it for the others. */
function wantsOf(stream: Stream, channel: Channel, instruments: readonly Instrument[]): readonly Want[] {
  if (!(stream instanceof TrackedStream) || !stream.channels.includes(channel)) throw notAStream(channel)
  if (stream.instrument !== null) return [{ stream, channel, instrument: stream.instrument }]
  const named = instruments.length === 0 ? [null] : instruments
  return named.map((instrument) => ({ stream, channel, instrument }))
}

/** Nothing to subscribe to is what a forgotten symbol comes to: a feed that is ready and never delivers. */
export function nothingPlanned(asks: readonly Ask[]): StreamError {
  const named = [...new Set(asks.flatMap((ask) => ask.channels ?? []))]
  return new StreamError('ERR_INVALID_SYMBOL', `No symbol was named, and ${named.join(', ')} cannot do without.`, {
    hint: "Pass symbols: ['BTC/USDT'].",
  })
}

/** Candles of another width than was asked for would be taken for the right ones. */
function checkIntervals({ candleIntervals, instruments }: SubscriptionRequest, streams: readonly Stream[]): void {
  if (candleIntervals === null || instruments.length === 0) return
  const planned = new Set(streams.map(({ params }) => params.interval))
  const missing = candleIntervals.filter((interval) => !planned.has(interval))
  if (missing.length === 0 && planned.size === candleIntervals.length) return
  const what = missing.length > 0 ? `no candles of ${missing.join(', ')}` : 'candles that were not asked for'
  throw new StreamError('ERR_UNSUPPORTED_OPTION', `The exchange’s adapter plans ${what}.`, {
    hint: 'It may know candle intervals as an option of its own only, or the exchange may not have them.',
  })
}

function notAStream(channel: Channel): StreamError {
  return new StreamError('ERR_INVALID_STRATEGY', `The plan for ${channel} holds something that does not carry it.`, {
    hint: 'plan() must return streams made by createStream() that name the channel among theirs.',
  })
}
