import type { Instrument } from '@tapewire/core'
import type { EmulatedVenue, ExchangeEmulation, VenueServer } from '@tapewire/testkit'
import type { PeerName } from '../subjects/peers.js'
import type { Checks } from './checks.js'
import type { Report } from './report.js'

/** What a client is started in: an emulated exchange that lives, and where what it tells is held against the truth. */
export interface Scene {
  readonly server: VenueServer<EmulatedVenue>
  readonly credentials: { readonly apiKey: string; readonly apiSecret: string }
  readonly pairs: readonly Instrument[]
  readonly report: Report
  readonly checks: Checks
}

/** A client that runs. */
export interface RunningPeer {
  /** Compares what it holds with the exchange, which stands still, and asks it for more over REST. */
  compare(): Promise<void>
  close(): Promise<void>
}

/** A client of somebody else's, and the exchange it is tried on. */
export interface Peer {
  /** `ccxt-gateio` */
  readonly name: string
  readonly client: PeerName
  readonly emulation: ExchangeEmulation<EmulatedVenue>
  start(scene: Scene): Promise<RunningPeer>
}
