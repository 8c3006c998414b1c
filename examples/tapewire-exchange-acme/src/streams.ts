import type { Instrument, Stream } from '@tapewire/core'
import { type ChannelSupport, type StreamDescription, Streams, type SubscriptionRequest } from '@tapewire/core/adapter'
import { channelSupport } from './channels.js'
import { instrumentOf, wireSymbolOf } from './symbols.js'

/** The streams of one set of strategies: each is made once, when it is planned or when an answer names it first. */
export class AcmeStreams {
  readonly #streams = new Streams()

  /** Throws `ERR_INVALID_SYMBOL` for an instrument Acme cannot spell. */
  plan({ channel, instruments }: SubscriptionRequest): readonly Stream[] {
    const backing = channelSupport.filter((support) => support.channel === channel)
    return backing.flatMap((support) =>
      [...new Set(instruments)].map((instrument) => this.#streams.planned(describe(support, instrument))),
    )
  }

  /** The stream that Acme calls so, planned or not; null where the name cannot be read. */
  named(id: string): Stream | null {
    return this.#streams.get(id) ?? this.#unasked(id)
  }

  #unasked(id: string): Stream | null {
    const [wireChannel, wireSymbol = ''] = id.split('.', 2)
    const support = channelSupport.find((candidate) => candidate.wireChannel === wireChannel)
    const instrument = instrumentOf(wireSymbol)
    if (support === undefined || instrument === null) return null
    return this.#streams.unasked(describe(support, instrument))
  }
}

function describe({ channel, wireChannel }: ChannelSupport, instrument: Instrument): StreamDescription {
  const wireSymbol = wireSymbolOf(instrument)
  return { id: `${wireChannel}.${wireSymbol}`, channels: [channel], instrument, wireChannel, wireSymbol }
}
