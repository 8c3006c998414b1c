import { type FaultSwitches, faultSwitches, type VenueControl } from '@tapewire/testkit'

/** What can be made to go wrong, as it does at MEXC, and what can be seen of the venue. */
export interface MexcSpotVenueControl extends VenueControl {
  /** The latest 1,000 REST requests, as method and path: `PUT /api/v3/userDataStream`. */
  readonly requests: readonly string[]
  readonly listenKeys: readonly string[]
  /** Renewals are refused with 730708. */
  expireListenKeys(): void
  revokeListenKeys(): void
  /** Answers the renewal of a listen key that has ended as if it lived; `false` ends it. */
  renewEndedListenKeys(isRenewed?: boolean): void
  /** What is answered to who asks which listen keys are valid: none, whatever is, or something that is no list; null ends it. */
  spoilListenKeyLists(how: ListSpoiling | null): void
  reuseListenKeys(isReused?: boolean): void
}

export type ListSpoiling = 'empty' | 'garbage'

/** What is switched on. */
export interface VenueFaults extends FaultSwitches {
  renewsEnded: boolean
  listSpoiling: ListSpoiling | null
  readonly requests: string[]
}

export function noFaults(): VenueFaults {
  return { ...faultSwitches(), requests: [], renewsEnded: false, listSpoiling: null }
}
