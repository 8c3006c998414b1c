import type { AnyExchangeDefinition, Credentials, ExchangeDefinition, Instrument } from '@tapewire/core'
import { gateioSpot } from '@tapewire/exchange-gateio'
import {
  type GateioVenue,
  demoCredentials as gateioCredentials,
  gateioSpotVenue,
} from '@tapewire/exchange-gateio/testing'
import { mexcSpot } from '@tapewire/exchange-mexc'
import { type MexcVenue, demoCredentials as mexcCredentials, mexcSpotVenue } from '@tapewire/exchange-mexc/testing'
import type { AccountSimulator, Venue, VenueContext } from '@tapewire/testkit'

/** What both emulations have: an account, and faults that every exchange has now and then. */
export interface AccountVenue extends Venue {
  readonly account: AccountSimulator
  readonly control: {
    refusePair(pair: Instrument): void
    listPair(pair: Instrument): void
    skipUpdates(pair: Instrument, pushes?: number): void
    staleSnapshots(requests: number): void
    silenceAcks(isSilent?: boolean): void
  }
}

/** An exchange from both sides: its adapter, and the emulation of its server. */
export interface EmulatedExchange<Emulation extends AccountVenue = AccountVenue> {
  readonly title: string
  readonly definition: AnyExchangeDefinition & Required<Pick<ExchangeDefinition, 'private'>>
  readonly venue: (context: VenueContext) => Emulation
  /** Of the one account the emulation knows. */
  readonly credentials: Extract<Credentials, { readonly apiSecret: string }>
  /** Digest of its signatures. */
  readonly digest: 'sha256' | 'sha512'
}

export const gateio: EmulatedExchange<GateioVenue> = {
  title: gateioSpot.title,
  definition: gateioSpot,
  venue: gateioSpotVenue,
  credentials: gateioCredentials,
  digest: 'sha512',
}

export const mexc: EmulatedExchange<MexcVenue> = {
  title: mexcSpot.title,
  definition: mexcSpot,
  venue: mexcSpotVenue,
  credentials: mexcCredentials,
  digest: 'sha256',
}

export const exchanges: readonly EmulatedExchange[] = [gateio, mexc]
