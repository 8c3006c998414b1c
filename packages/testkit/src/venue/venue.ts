import type { Clock } from '@tapewire/core'
import type { MarketSimulator } from '../market/market-simulator.js'

/** One frame to a client: text, or bytes. */
export type OutgoingData = string | Uint8Array

/** The server's end of one client's socket. */
export interface VenueClient {
  send(data: OutgoingData): void
  /** A close frame; without a code it reaches the client as 1005. */
  close(code?: number, reason?: string): void
  /** Ends the socket without a close frame; the client sees 1006. */
  terminate(): void
}

/** One accepted client, as the venue knows it. */
export interface VenueSession {
  /** What it is subscribed to, each by the venue's own name for it: for tests that compare. Absent where nobody asked for it yet. */
  readonly streams?: readonly string[]
  onMessage(data: Buffer, isBinary: boolean): void
  /** A ping frame of the protocol came; its pong is sent without the venue. Absent where that means nothing to it. */
  onPing?(): void
  /** The client is gone: timers and subscriptions of the session end. */
  onClose(): void
}

/** An HTTP request to the venue; for handshakes the upgrade request. */
export interface VenueRequest {
  readonly method: string
  /** Path and query against a placeholder host: use `pathname` and `searchParams`, `search` for the raw query. */
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface VenueResponse {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  /** The body comes again and again, without an end. */
  readonly isEndless?: boolean
}

/** What a venue emulation is given: one clock, one market, one source of chance, shared by all sessions. */
export interface VenueContext {
  readonly clock: Clock
  readonly market: MarketSimulator
  readonly random: () => number
}

/** An exchange seen from the server's side: what a `VenueServer` serves. */
export interface Venue {
  /** The definition it speaks for: `gateio_spot`. */
  readonly exchange: string
  /** Accepts a handshake, or answers it with an HTTP refusal. */
  accept(client: VenueClient, request: VenueRequest): VenueSession | VenueResponse
  /** Answers a REST request. */
  handle(request: VenueRequest): VenueResponse
  /** Ends every timer. */
  close(): void
}

/** A venue before it has a context: what a `VenueServer` is started with. */
export type VenueFactory<Kind extends Venue = Venue> = (context: VenueContext) => Kind
