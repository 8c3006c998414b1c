import type { FrameRewriter } from '../server/frame-faults.js'
import { type Refusal, responseOf } from '../server/socket-faults.js'
import type { VenueResponse } from '../venue/venue.js'
import type { SimulatedConnection } from './simulated-connection.js'

/** Why no connection and no request gets to the server at all. */
export type Unreachable = 'refused' | 'no-answer' | 'unknown-host'

/** What the network looks at; null, empty or 0 where nothing is wrong. */
export interface NetworkState {
  hold: 'stalled' | 'frozen' | null
  rewriter: FrameRewriter | null
  unreachable: Unreachable | null
  handshakeRefusal: VenueResponse | null
  requestRefusal: VenueResponse | null
  isDeafToRequests: boolean
  extraLatencyMs: number
}

export function allIsWell(): NetworkState {
  return {
    hold: null,
    rewriter: null,
    unreachable: null,
    handshakeRefusal: null,
    requestRefusal: null,
    isDeafToRequests: false,
    extraLatencyMs: 0,
  }
}

/**
 * Breaks a simulated network on purpose. What happens to connections happens to those of now, of one alone where `connection` names it; what is switched on stays on
 * until it is ended.
 */
export class NetworkFaults {
  readonly #connections: ReadonlySet<SimulatedConnection>
  readonly #state: NetworkState

  constructor(connections: ReadonlySet<SimulatedConnection>, state: NetworkState) {
    this.#connections = connections
    this.#state = state
  }

  /** Ends connections without a close frame (1006); what was under way is lost. */
  cut(connection?: SimulatedConnection): void {
    for (const each of this.#these(connection)) each.cut()
  }

  /** The server sends close frames; without a code clients see 1005. */
  close(code?: number, reason?: string, connection?: SimulatedConnection): void {
    for (const each of this.#these(connection)) each.close(code, reason)
  }

  /** Connections through which nothing gets any more, while both ends look open. The server's end goes after a minute. */
  halfOpen(connection?: SimulatedConnection): void {
    for (const each of this.#these(connection)) each.halfOpen()
  }

  /** What the server sends waits, on connections to come as well, until `resume()`. Pings are answered, and their pongs wait too. */
  stall(): void {
    this.#hold('stalled')
  }

  /** As `stall()`, and nothing reaches the server either. */
  freeze(): void {
    this.#hold('frozen')
  }

  /** Ends `stall()` and `freeze()`: what waited arrives, in order. */
  resume(): void {
    this.#state.hold = null
    for (const each of this.#connections) each.resume()
  }

  /** No handshake and no request gets to the server, for this reason; null ends it. */
  unreachable(how: Unreachable | null): void {
    this.#state.unreachable = how
  }

  /** Answers handshakes with an HTTP status instead of asking the venue; null ends it. */
  refuseHandshakes(refusal: Refusal | null): void {
    this.#state.handshakeRefusal = refusal === null ? null : responseOf(refusal)
  }

  /** Answers REST requests with a status instead of asking the venue; null ends it. */
  refuseRequests(refusal: Refusal | null): void {
    this.#state.requestRefusal = refusal === null ? null : responseOf(refusal)
  }

  /** Never answers a REST request; `false` ends it, for requests to come. */
  ignoreRequests(isDeaf = true): void {
    this.#state.isDeafToRequests = isDeaf
  }

  /** Passes every frame of the server's through `rewriter`: to lose, repeat or corrupt. Null ends it. */
  rewrite(rewriter: FrameRewriter | null): void {
    this.#state.rewriter = rewriter
  }

  /** Everything takes this much longer one way, ms; 0 ends it. */
  slow(extraMs: number): void {
    this.#state.extraLatencyMs = extraMs
  }

  #hold(hold: 'stalled' | 'frozen'): void {
    this.#state.hold = hold
    for (const each of this.#connections) each.stall(hold === 'frozen')
  }

  #these(connection: SimulatedConnection | undefined): readonly SimulatedConnection[] {
    return connection === undefined ? [...this.#connections] : [connection]
  }
}
