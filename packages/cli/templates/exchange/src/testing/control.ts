import type { Instrument } from '@tapewire/core'
import { type FaultControl, type FaultSwitches, faultControl, type VenueControl } from '@tapewire/testkit'
import type { NewexSpotSession } from './session.js'

type Switches = Pick<
  FaultControl,
  | 'refusePair'
  | 'listPair'
  | 'silenceAcks'
  | 'delayAcks'
  | 'silencePongs'
  | 'refuseStream'
  | 'acceptStreams'
  | 'limitStreams'
  // #private
  | 'refuseSigned'
  | 'skewClock'
  // #end
>

/** What can be made to go wrong, in the words that every emulation shares. Left to write: what else goes wrong at Newex. */
export interface NewexSpotVenueControl extends Switches, Pick<VenueControl, 'skipUpdates'> {
  announceUpgrade(closeAfterMs?: number): void
}

/** What moves the switches of a venue, and its sessions. */
export function venueControl(
  faults: FaultSwitches,
  sessions: Iterable<NewexSpotSession>,
  announceUpgrade: (closeAfterMs?: number) => void,
): NewexSpotVenueControl {
  return {
    ...faultControl(faults),
    skipUpdates: (pair: Instrument, pushes = 1) => {
      for (const session of sessions) session.skipUpdates(pair, pushes)
    },
    announceUpgrade,
  }
}
