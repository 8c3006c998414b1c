import type { Timer } from '@tapewire/core'
import type { Venue, VenueClient, VenueContext, VenueResponse } from '@tapewire/testkit'
import type { AcmeSpotVenueControl, VenueFaults } from './control.js'
import { AcmeSpotSession } from './session.js'

/** Acme from the server's side, over a simulated market. */
export class AcmeSpotVenue implements Venue {
  readonly exchange = 'acme_spot'
  readonly control: AcmeSpotVenueControl
  readonly #context: VenueContext
  readonly #sessions = new Set<AcmeSpotSession>()
  readonly #faults: VenueFaults = { refusedPairs: new Set(), silentAcks: false, ackDelayMs: 0, silentPongs: false }
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
    const faults = this.#faults
    const sessions = this.#sessions
    return {
      refusePair: (pair) => void faults.refusedPairs.add(pair),
      listPair: (pair) => void faults.refusedPairs.delete(pair),
      silenceAcks: (isSilent = true) => {
        faults.silentAcks = isSilent
      },
      delayAcks: (delayMs) => {
        faults.ackDelayMs = delayMs
      },
      silencePongs: (isSilent = true) => {
        faults.silentPongs = isSilent
      },
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
