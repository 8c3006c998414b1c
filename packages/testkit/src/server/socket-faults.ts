import type { OutgoingData, VenueResponse } from '../venue/venue.js'

/** What a rewriter makes of one outgoing frame: itself, nothing (lost), itself twice (duplicate), or other bytes (corrupt). */
export type FrameRewriter = (data: OutgoingData) => readonly OutgoingData[]

/** A refusal, as one may state it: a status, or more; default 503 without a body. */
export type Refusal = number | Partial<VenueResponse>

/** What the server looks at; null where nothing is wrong. */
export interface FaultState {
  hold: 'stalled' | 'frozen' | null
  rewriter: FrameRewriter | null
  connectionRefusal: VenueResponse | null
  requestRefusal: VenueResponse | null
}

/** A client as far as faults touch it. */
export interface BreakableClient {
  close(code?: number, reason?: string): void
  terminate(): void
  hold(deaf: boolean): void
  release(): void
}

/** Breaks a server's connections on purpose, below the protocol: whatever the venue says, this is what the network makes of it. */
export class SocketFaults {
  readonly #clients: ReadonlySet<BreakableClient>
  readonly #state: FaultState

  constructor(clients: ReadonlySet<BreakableClient>, state: FaultState) {
    this.#clients = clients
    this.#state = state
  }

  /** Ends every socket without a close frame; clients see 1006. */
  terminateAll(): void {
    for (const client of this.#clients) client.terminate()
  }

  /** Sends every client a close frame; without a code they see 1005. */
  closeAll(code?: number, reason?: string): void {
    for (const client of this.#clients) client.close(code, reason)
  }

  /** Sends nothing, to clients to come as well, until `resume()`: what the venue says waits. Protocol pings are still answered. */
  stall(): void {
    this.#hold('stalled')
  }

  /** As `stall()`, and reads nothing either: a peer whose network is gone while the socket looks open. */
  freeze(): void {
    this.#hold('frozen')
  }

  /** Ends `stall()` and `freeze()`; what waited is sent, in order. */
  resume(): void {
    this.#state.hold = null
    for (const client of this.#clients) client.release()
  }

  /** Answers handshakes with an HTTP status instead of asking the venue. */
  refuseConnections(refusal: Refusal = {}): void {
    this.#state.connectionRefusal = responseOf(refusal)
  }

  acceptConnections(): void {
    this.#state.connectionRefusal = null
  }

  /** Answers REST requests with a status instead of asking the venue. */
  refuseRequests(refusal: Refusal = {}): void {
    this.#state.requestRefusal = responseOf(refusal)
  }

  answerRequests(): void {
    this.#state.requestRefusal = null
  }

  /** Passes every outgoing frame through `rewriter`: to lose, repeat, reorder or corrupt. Null ends it. */
  rewrite(rewriter: FrameRewriter | null): void {
    this.#state.rewriter = rewriter
  }

  #hold(hold: 'stalled' | 'frozen'): void {
    this.#state.hold = hold
    for (const client of this.#clients) client.hold(hold === 'frozen')
  }
}

function responseOf(refusal: Refusal): VenueResponse {
  return { status: 503, body: '', ...(typeof refusal === 'number' ? { status: refusal } : refusal) }
}
