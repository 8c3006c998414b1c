import type { AnyExchangeDefinition } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import { type GateioSpotVenue, gateioSpotEmulation } from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { type MexcSpotVenue, mexcSpotEmulation } from '@tapewire/exchange-mexc/testing'
import type { EmulatedVenue, ExchangeEmulation } from '@tapewire/testkit'

/** An exchange from both sides: its adapter, and the emulation of its server. */
export interface EmulatedExchange<Kind extends EmulatedVenue = EmulatedVenue> {
  readonly title: string
  readonly definition: AnyExchangeDefinition & Required<Pick<AnyExchangeDefinition, 'private'>>
  readonly createVenue: ExchangeEmulation<Kind>['createVenue']
  /** Of the one account the emulation knows. */
  readonly credentials: { readonly apiKey: string; readonly apiSecret: string }
  /** Digest of its signatures. */
  readonly digest: 'sha256' | 'sha512'
}

export const gateio: EmulatedExchange<GateioSpotVenue> = {
  title: gateioSpot.title,
  definition: gateioSpot,
  createVenue: gateioSpotEmulation.createVenue,
  credentials: gateioSpotEmulation.credentials,
  digest: 'sha512',
}

export const mexc: EmulatedExchange<MexcSpotVenue> = {
  title: mexcSpot.title,
  definition: mexcSpot,
  createVenue: mexcSpotEmulation.createVenue,
  credentials: mexcSpotEmulation.credentials,
  digest: 'sha256',
}

export const exchanges: readonly EmulatedExchange[] = [gateio, mexc]
