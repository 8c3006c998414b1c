import type { Instrument } from '@tapewire/core'
import type { VenueControl } from '@tapewire/testkit'

/** What can be made to go wrong, as it does at Gate.io. */
export interface GateioSpotVenueControl extends VenueControl {
  announceUpgrade(closeAfterMs?: number): void
  pushFullBook(pair: Instrument): void
}

/** What is switched on. */
export interface VenueFaults {
  readonly refusedPairs: Set<Instrument>
  silentAcks: boolean
  ackDelayMs: number
  silentPongs: boolean
  restBlock: 'firewall' | 'rate-limit' | null
  signedRefusal: string | null
}

export function noFaults(): VenueFaults {
  return {
    refusedPairs: new Set(),
    silentAcks: false,
    ackDelayMs: 0,
    silentPongs: false,
    restBlock: null,
    signedRefusal: null,
  }
}
