import type { AnyExchangeDefinition, Stream } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import type { EmulatedVenue, VenueContext } from '@tapewire/testkit'
import type { ExchangeName } from '../script/script.js'

/** An exchange from both sides, and how the two call the same thing. */
export interface SimulatedExchange {
  readonly definition: AnyExchangeDefinition & Required<Pick<AnyExchangeDefinition, 'private'>>
  readonly createVenue: (context: VenueContext) => EmulatedVenue
  readonly credentials: { readonly apiKey: string; readonly apiSecret: string }
  /** What the emulation calls a stream of ours. */
  venueNameOf(stream: Stream): string
  /** What of a frame tells that it is of an order book. */
  readonly bookFrame: RegExp
  /** How long a connection on which nothing arrives may stay unnoticed, ms: its ping's interval and timeout. */
  readonly watchdogMs: number
}

export const simulatedExchanges: Readonly<Record<ExchangeName, SimulatedExchange>> = {
  gateio_spot: {
    definition: gateioSpot,
    createVenue: gateioSpotEmulation.createVenue,
    credentials: gateioSpotEmulation.credentials,
    venueNameOf: ({ wireChannel, instrument, params }) => {
      if (instrument === null) return `${wireChannel}:!all:`
      const { base, quote } = instrument
      if (wireChannel === 'spot.obu') return `spot.obu:ob.${base}_${quote}.${params.depth}`
      return `${wireChannel}:${instrument.name}:${params.interval ?? ''}`
    },
    bookFrame: /order_book|spot\.obu/,
    watchdogMs: 20_000,
  },
  mexc_spot: {
    definition: mexcSpot,
    createVenue: mexcSpotEmulation.createVenue,
    credentials: mexcSpotEmulation.credentials,
    venueNameOf: ({ id }) => id,
    bookFrame: /depth/,
    watchdogMs: 30_000,
  },
}
