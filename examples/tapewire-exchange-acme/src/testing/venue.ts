import type { Timer } from '@tapewire/core'
import {
  type FaultSwitches,
  faultControl,
  faultSwitches,
  type Venue,
  type VenueClient,
  type VenueContext,
  type VenueResponse,
} from '@tapewire/testkit'
import type { AcmeSpotVenueControl } from './control.js'
import { AcmeSpotSession } from './session.js'

/** Acme from the server's side, over a simulated market. */
export class AcmeSpotVenue implements Venue {
  readonly exchange = 'acme_spot'
  readonly control: AcmeSpotVenueControl
  readonly #context: VenueContext
  readonly #sessions = new Set<AcmeSpotSession>()
  readonly #faults: FaultSwitches = faultSwitches()
  readonly #stopListening: () => void
  readonly #closings: Timer[] = []

  constructor(context: VenueContext) {
    this.#context = context
    this.control = this.#makeControl()
    this.#stopListening = context.market.listen((event) => {
      for (const session of this.#sessions) session.onMarketEvent(event)
    })
  }

  accept(client: VenueClient): AcmeSpotSession {
    const session = new AcmeSpotSession(client, {
      ...this.#context,
      faults: this.#faults,
      onEnd: (ended) => this.#sessions.delete(ended),
    })
    this.#sessions.add(session)
    return session
  }

  handle(): VenueResponse {
    return { status: 404, body: '{"text":"Acme has no REST API"}' }
  }

  close(): void {
    for (const timer of this.#closings) timer.cancel()
    for (const session of this.#sessions) session.onClose()
    this.#stopListening()
  }

  #makeControl(): AcmeSpotVenueControl {
    const { refusePair, listPair, silenceAcks, delayAcks, silencePongs } = faultControl(this.#faults)
    const sessions = this.#sessions
    return {
      refusePair,
      listPair,
      silenceAcks,
      delayAcks,
      silencePongs,
      skipUpdates: (pair, pushes = 1) => {
        for (const session of sessions) session.skipUpdates(pair, pushes)
      },
      spoilChecksum: (pair, pushes = 1) => {
        for (const session of sessions) session.spoilChecksum(pair, pushes)
      },
      announceUpgrade: (closeAfterMs) => this.#announceUpgrade(closeAfterMs),
    }
  }

  #announceUpgrade(closeAfterMs?: number): void {
    const told = [...this.#sessions]
    for (const session of told) session.sayGoodbye()
    if (closeAfterMs === undefined) return
    const end = (): void => {
      for (const session of told) session.end()
    }
    this.#closings.push(this.#context.clock.setTimer(closeAfterMs, end))
  }
}

/** Acme, for a `VenueServer`. */
export const acmeSpotVenue = (context: VenueContext): AcmeSpotVenue => new AcmeSpotVenue(context)
