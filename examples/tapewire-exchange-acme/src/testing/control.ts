import type { Instrument } from '@tapewire/core'
import type { VenueControl } from '@tapewire/testkit'

/** What can be made to go wrong, as it does at Acme: it has neither a REST API nor an account. */
export interface AcmeSpotVenueControl
  extends Pick<VenueControl, 'refusePair' | 'listPair' | 'silenceAcks' | 'delayAcks' | 'silencePongs' | 'skipUpdates'> {
  announceUpgrade(closeAfterMs?: number): void
  spoilChecksum(pair: Instrument, pushes?: number): void
}
