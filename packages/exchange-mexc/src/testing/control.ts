import { type FaultSwitches, faultSwitches, type VenueControl } from '@tapewire/testkit'

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
export interface VenueFaults extends FaultSwitches {
  readonly requests: string[]
  refusedStreams: RegExp[]
}

export function noFaults(): VenueFaults {
  return { ...faultSwitches(), requests: [], refusedStreams: [] }
}
