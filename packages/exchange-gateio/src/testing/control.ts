import type { Instrument } from '@tapewire/core'
import { type FaultSwitches, faultSwitches, type VenueControl } from '@tapewire/testkit'

/** What can be made to go wrong, as it does at Gate.io. */
export interface GateioSpotVenueControl extends VenueControl {
  announceUpgrade(closeAfterMs?: number): void
  pushFullBook(pair: Instrument): void
  /** How a request with markets that the venue does not list is refused, by their wire symbols; at first `unknown currency pair: X`, with the first of them. */
  wordRefusals(words: RefusalWords): void
}

export type RefusalWords = (unknown: readonly string[]) => string

/** What is switched on. */
export interface VenueFaults extends FaultSwitches {
  refusalWords: RefusalWords
}

export function noFaults(): VenueFaults {
  return { ...faultSwitches(), refusalWords: ([first]) => `unknown currency pair: ${first}` }
}
