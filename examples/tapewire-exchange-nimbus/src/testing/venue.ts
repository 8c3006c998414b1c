import type { Venue, VenueClient, VenueContext, VenueResponse } from '@tapewire/testkit'
import { NimbusControl } from './control.js'
import { NimbusSession } from './session.js'

/** Nimbus seen from the server's side: market data over WebSocket, and nothing else. */
export class NimbusSpotVenue implements Venue {
  readonly exchange = 'nimbus_spot' as const
  readonly control: NimbusControl
  readonly #context: VenueContext
  readonly #sessions = new Set<NimbusSession>()
  readonly #stopListening: () => void

  constructor(context: VenueContext) {
    this.#context = context
    this.control = new NimbusControl((closeAfterMs) => this.#announce(closeAfterMs))
    this.#stopListening = context.market.listen((event) => {
      const isBook = event.kind === 'book'
      const isLost = isBook && this.control.losesUpdate(event.pair)
      const isSpoiled = isBook && !isLost && this.control.spoilsUpdate(event.pair)
      for (const session of this.#sessions) session.hear(event, isLost, isSpoiled)
    })
  }

  accept(client: VenueClient): NimbusSession {
    const session: NimbusSession = new NimbusSession({
      client,
      context: this.#context,
      control: this.control,
      onEnd: () => this.#sessions.delete(session),
    })
    this.#sessions.add(session)
    return session
  }

  handle(): VenueResponse {
    return { status: 404, body: '{"message":"Nimbus has no REST API"}' }
  }

  close(): void {
    this.#stopListening()
    for (const session of this.#sessions) session.onClose()
  }

  #announce(closeAfterMs: number | null): void {
    for (const session of this.#sessions) {
      session.announce()
      if (closeAfterMs !== null) session.end(closeAfterMs)
    }
  }
}

/** Starts with `startVenueServer({ venue: nimbusSpotVenue, … })`. */
export function nimbusSpotVenue(context: VenueContext): NimbusSpotVenue {
  return new NimbusSpotVenue(context)
}
