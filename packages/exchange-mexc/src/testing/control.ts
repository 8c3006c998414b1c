import type { Instrument } from '@tapewire/core'
import type { VenueControl } from '@tapewire/testkit'

/** What can be made to go wrong, as it does at MEXC, and what can be seen of the venue. */
export interface MexcSpotVenueControl extends VenueControl {
  /** Every REST request so far, as method and path: `PUT /api/v3/userDataStream`. */
  readonly requests: readonly string[]
  readonly listenKeys: readonly string[]
  /** Renewals are refused with 730708. */
  expireListenKeys(): void
  reuseListenKeys(isReused?: boolean): void
  /** Refuses streams whose name matches, until `acceptStreams`. */
  refuseStream(pattern: RegExp): void
  acceptStreams(): void
}

/** What is switched on. */
export interface VenueFaults {
  readonly requests: string[]
  readonly refusedPairs: Set<Instrument>
  refusedStreams: RegExp[]
  silentAcks: boolean
  ackDelayMs: number
  silentPongs: boolean
  restBlock: 'firewall' | 'rate-limit' | null
  signedRefusal: string | null
}

export function noFaults(): VenueFaults {
  return {
    requests: [],
    refusedPairs: new Set(),
    refusedStreams: [],
    silentAcks: false,
    ackDelayMs: 0,
    silentPongs: false,
    restBlock: null,
    signedRefusal: null,
  }
}
