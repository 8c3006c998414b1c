import { tradingPair } from '../../src/model/instrument.js'
import { createStream, type Stream, type StreamDescription, type TrackedStream } from '../../src/model/stream.js'

/** A stream of its own for each call: BTC/USDT trades, unless `parts` say otherwise. */
export function streamOf(id: string, parts: Partial<StreamDescription> = {}): Stream {
  return createStream({
    id,
    channels: ['trades'],
    instrument: tradingPair('BTC', 'USDT'),
    wireChannel: 'trades',
    wireSymbol: null,
    ...parts,
  })
}

/** A maker of such streams that gives the same object for the same id. */
export function streamsById(parts: Partial<StreamDescription> = {}): (id: string) => Stream {
  const made = new Map<string, Stream>()
  return (id) => {
    const stream = made.get(id) ?? streamOf(id, parts)
    made.set(id, stream)
    return stream
  }
}

/** The stream as core writes it. */
export function trackedOf(stream: Stream): TrackedStream {
  return stream as TrackedStream
}
