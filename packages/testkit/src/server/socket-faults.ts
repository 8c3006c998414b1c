import type { VenueResponse } from '../venue/venue.js'
import type { FrameChoice, FrameFaults, FrameMatch, FrameRewriter } from './frame-faults.js'
import type { AnswerPace } from './http-exchange.js'

/** A refusal, as one may state it: a status, or more; default 503 without a body. */
export type Refusal = number | Partial<VenueResponse>

/** What the server looks at; null where nothing is wrong. */
export interface FaultState {
  hold: 'stalled' | 'frozen' | null
  readonly frames: FrameFaults
  delayMs: number
  jitterMs: number
  /** How long a client is not read after each read of its socket, ms. */
  readPauseMs: number
  connectionRefusal: VenueResponse | null
  requestRefusal: VenueResponse | null
  /** How REST answers leave. */
  pace: AnswerPace
}

/** A client as far as faults touch it. */
export interface BreakableClient {
  close(code?: number, reason?: string): void
  terminate(): void
  reset(): void
  hold(deaf: boolean): void
  release(): void
  ping(count: number): void
}

/** How REST answers leave, as one may state it. */
export type SlowAnswers = Partial<Pick<AnswerPace, 'delayMs' | 'bytesPerSecond'>>

/** As every answer leaves where nothing is wrong. */
export const promptly: AnswerPace = { delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, isEndless: false }

/**
 * Breaks a server's connections on purpose, below the protocol: whatever the venue says, this is what the network makes of it. What is switched on stays on until it is ended, by
 * its own call or by `heal()`; what is counted ends by itself. Numbers out of range are a `RangeError`.
 */
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

  /** Resets every socket (RST); clients see 1006. */
  resetAll(): void {
    for (const client of this.#clients) client.reset()
  }

  /** Sends every client a close frame; without a code they see 1005. */
  closeAll(code?: number, reason?: string): void {
    for (const client of this.#clients) client.close(code, reason)
  }

  /** Sends every client so many ping frames in one burst, with `1` and up as what they say. */
  pings(count: number): void {
    checkLeast('count', count, 0)
    for (const client of this.#clients) client.ping(count)
  }

  /** Sends nothing, to clients to come as well, until `resume()`: what the venue says waits. Protocol pings are still answered. */
  stall(): void {
    this.#hold('stalled')
  }

  /** As `stall()`, and reads nothing either: half-open, a peer whose network is gone while the socket looks open. */
  freeze(): void {
    this.#hold('frozen')
  }

  /** Ends `stall()` and `freeze()`; what waited is sent, in order. */
  resume(): void {
    this.#state.hold = null
    for (const client of this.#clients) client.release()
  }

  /** Sends every frame, close frames too, so many ms later, and up to `jitterMs` more by the server's seed; order is kept. 0 ends it. */
  delay(delayMs: number, jitterMs = 0): void {
    checkLeast('delayMs', delayMs, 0)
    checkLeast('jitterMs', jitterMs, 0)
    this.#state.delayMs = delayMs
    this.#state.jitterMs = jitterMs
  }

  /** Reads a client's socket once (64 KiB at most), and then not for so many ms, again and again. 0 ends it. */
  readSlowly(pauseMs: number): void {
    checkLeast('pauseMs', pauseMs, 0)
    this.#state.readPauseMs = pauseMs
  }

  /** Default: the next frame that matches. */
  loseFrames(choice: FrameChoice = 1, matches?: FrameMatch): void {
    this.#state.frames.set('lose', choice, matches)
  }

  /** Sends frames twice, at once. Default: the next one that matches. */
  duplicateFrames(choice: FrameChoice = 1, matches?: FrameMatch): void {
    this.#state.frames.set('duplicate', choice, matches)
  }

  /** Sends frames behind the one that follows on the same connection. Default: the next one that matches. */
  reorderFrames(choice: FrameChoice = 1, matches?: FrameMatch): void {
    this.#state.frames.set('reorder', choice, matches)
  }

  /** Spoils one character or byte of a frame, wherever the server's seed says. Default: of the next one that matches. */
  corruptFrames(choice: FrameChoice = 1, matches?: FrameMatch): void {
    this.#state.frames.set('corrupt', choice, matches)
  }

  /** Passes every outgoing frame through `rewriter`, before all else: for what has no name here. Null ends it. */
  rewrite(rewriter: FrameRewriter | null): void {
    this.#state.frames.rewriter = rewriter
  }

  /** Answers handshakes with an HTTP status instead of asking the venue. */
  refuseConnections(refusal: Refusal = {}): void {
    this.#state.connectionRefusal = responseOf(refusal)
  }

  acceptConnections(): void {
    this.#state.connectionRefusal = null
  }

  /** Answers REST requests with a status, headers and a body instead of asking the venue. */
  refuseRequests(refusal: Refusal = {}): void {
    this.#state.requestRefusal = responseOf(refusal)
  }

  /** Answers REST requests so many ms later, and so many bytes a second; a `delayMs` of `Infinity` is never. */
  slowAnswers({ delayMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY }: SlowAnswers): void {
    checkLeast('delayMs', delayMs, 0)
    if (!(bytesPerSecond > 0)) throw new RangeError(`bytesPerSecond must be above 0, not ${bytesPerSecond}.`)
    this.#state.pace = { delayMs, bytesPerSecond, isEndless: false }
  }

  /** Sends the body of each REST answer again and again, without an end, as fast as it is read. */
  endlessAnswers(): void {
    this.#state.pace = { ...promptly, isEndless: true }
  }

  /** Ends `refuseRequests`, `slowAnswers` and `endlessAnswers`. */
  answerRequests(): void {
    this.#state.requestRefusal = null
    this.#state.pace = promptly
  }

  /** Ends all that lasts. */
  heal(): void {
    this.#state.frames.clear()
    this.delay(0)
    this.readSlowly(0)
    this.acceptConnections()
    this.answerRequests()
    this.resume()
  }

  #hold(hold: 'stalled' | 'frozen'): void {
    this.#state.hold = hold
    for (const client of this.#clients) client.hold(hold === 'frozen')
  }
}

export function responseOf(refusal: Refusal): VenueResponse {
  return { status: 503, body: '', ...(typeof refusal === 'number' ? { status: refusal } : refusal) }
}

function checkLeast(name: string, value: number, least: number): void {
  if (!(value >= least)) throw new RangeError(`${name} must be at least ${least}, not ${value}.`)
}
