import { callStrategy } from '../connection/strategy-fault.js'
import { StreamError } from '../errors/stream-error.js'
import { type Channel, channels, toChannel } from '../model/channel.js'
import { type Instrument, type SymbolInput, toInstrument } from '../model/instrument.js'
import { type Stream, TrackedStream } from '../model/stream.js'
import type { SubscriptionStrategy } from '../strategy/subscription-strategy.js'
import type { Want } from '../stream/stream-states.js'

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

/** What a user asked for, as streams of the exchange: for each channel and instrument the stream that brings it. Throws what the strategy throws, a mistake in its code as `ERR_INVALID_STRATEGY`. */
export function planWants(
  strategy: SubscriptionStrategy,
  symbols: readonly SymbolInput[],
  requested: readonly Channel[],
): readonly Want[] {
  if (symbols !== undefined && !Array.isArray(symbols)) {
    throw new StreamError('ERR_INVALID_SYMBOL', 'The symbols are not a list.', { hint: "Pass ['BTC/USDT']." })
  }
  const instruments = [...new Set((symbols ?? []).map((symbol) => toInstrument(symbol)))]
  return requested.flatMap((channel) => {
    const streams = callStrategy('plan', () => strategy.plan({ channel, instruments }))
    if (!Array.isArray(streams as unknown)) throw notAStream(channel)
    return streams.flatMap((stream) => wantsOf(stream, channel, instruments))
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
export function nothingPlanned(requested: readonly Channel[]): StreamError {
  return new StreamError('ERR_INVALID_SYMBOL', `No symbol was named, and ${requested.join(', ')} cannot do without.`, {
    hint: "Pass symbols: ['BTC/USDT'].",
  })
}

function notAStream(channel: Channel): StreamError {
  return new StreamError('ERR_INVALID_STRATEGY', `The plan for ${channel} holds something that does not carry it.`, {
    hint: 'plan() must return streams made by createStream() that name the channel among theirs.',
  })
}
