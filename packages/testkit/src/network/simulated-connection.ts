import type { Clock, Timer } from '@tapewire/core'
import type { Transport } from '@tapewire/core/adapter'
import type { FrameRewriter } from '../server/frame-faults.js'
import type { OutgoingData, VenueClient, VenueRequest, VenueResponse, VenueSession } from '../venue/venue.js'
import type { BorrowedFrames } from './borrowed-frames.js'
import { ClientEnd } from './client-end.js'
import { Wire, type WireTiming } from './wire.js'

/** A server whose close frame is not answered ends the socket after this long, ms. */
const serverCloseTimeoutMs = 2_000
/** A peer that acknowledges no packet is given up by the system after this long, ms. */
const peerTimeoutMs = 60_000

/** What a connection is made of. */
export interface ConnectionParts {
  readonly id: number
  readonly clock: Clock
  readonly timing: WireTiming
  readonly frames: BorrowedFrames
  readonly request: VenueRequest
  /** What becomes of each frame of the server's on its way. */
  readonly rewrite: FrameRewriter
  /** The venue emulation threw. */
  readonly onFailure: (thrown: unknown) => void
  /** Neither end holds it any more. */
  readonly onEnded: () => void
}

/** How a handshake came out at the client's end: with a refusal, or the connection ended before there was an answer. */
export type HandshakeAnswer = 'accepted' | 'ended' | VenueResponse

/** One WebSocket of a simulated network, seen from outside: both of its ends, and what can be done to what lies between. */
export class SimulatedConnection {
  /** 1 and up, in the order in which they were asked for. */
  readonly id: number
  /** The handshake as the venue saw it. */
  readonly request: VenueRequest
  readonly #parts: ConnectionParts
  readonly #client: ClientEnd
  readonly #toClient: Wire
  readonly #toServer: Wire
  #session: VenueSession | null = null
  #isServerOpen = true
  #isReachable = true
  #serverTimer: Timer | null = null
  /** Who waits for the answer to the handshake; null once it is there. */
  #answered: ((answer: HandshakeAnswer) => void) | null = null

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.id = parts.id
    this.request = parts.request
    this.#toClient = new Wire(parts.timing)
    this.#toServer = new Wire(parts.timing)
    this.#client = new ClientEnd({
      clock: parts.clock,
      frames: parts.frames,
      carry: (data) => {
        const copy = Buffer.from(data)
        this.#toServer.send(() => this.#serve((session) => session.onMessage(copy, typeof data !== 'string')))
      },
      carryPing: () =>
        this.#toServer.send(() =>
          this.#serve((session) => {
            session.onPing?.()
            this.#toClient.send(() => this.#client.receivePong())
          }),
        ),
      carryClose: (code, reason) =>
        this.#toServer.send(() => {
          if (!this.#isServerOpen) return
          this.#toClient.send(() => this.#client.receiveEnd(code, reason))
          this.#endServer()
        }),
      hurry: () => this.#toClient.hurry(),
      onGone: (isAbrupt) => this.#onClientGone(isAbrupt),
    })
  }

  /** The session that the venue made of it; null while it has not answered the handshake. */
  get session(): VenueSession | null {
    return this.#session
  }

  /** Whether the client takes it for open. */
  get isClientOpen(): boolean {
    return this.#client.isOpen
  }

  /** Whether the client still holds the socket, open or on its way down. */
  get isClientAlive(): boolean {
    return this.#client.isAlive
  }

  /** Whether the server takes it for open. */
  get isServerOpen(): boolean {
    return this.#isServerOpen
  }

  /** Whether anything gets from one end to the other: not once it is half-open. */
  get isReachable(): boolean {
    return this.#isReachable
  }

  /** The end that strategies are given. */
  get transport(): Transport {
    return this.#client
  }

  /** Asks the venue; `answered` is called once, at the client's end. */
  shakeHands(
    accept: (client: VenueClient, request: VenueRequest) => VenueSession | VenueResponse,
    answered: (answer: HandshakeAnswer) => void,
  ): void {
    this.#answered = answered
    this.#toServer.send(() => {
      if (!this.#isServerOpen) return
      // The answer goes ahead of whatever the venue says from within accept().
      let answer: HandshakeAnswer = 'accepted'
      this.#toClient.send(() => this.#answer(answer))
      const session = accept(this.#venueClient(), this.request)
      if ('status' in session) {
        answer = session
        this.#isServerOpen = false
        return
      }
      this.#session = session
      // The venue may have ended it from within accept().
      if (!this.#isServerOpen) session.onClose()
    })
  }

  /** Ends it without a close frame. What is under way is lost, held back or not; both ends learn of it a moment later. */
  cut(): void {
    this.resume()
    this.#toClient.lose()
    this.#toServer.lose()
    this.#toClient.send(() => this.#client.receiveEnd(1006, ''))
    this.#toServer.send(() => this.#endServer())
  }

  /** The server sends a close frame; without a code the client sees 1005. */
  close(code?: number, reason?: string): void {
    this.#closeServer(code, reason)
  }

  /** From now on nothing gets through, and neither end learns of it. */
  halfOpen(): void {
    this.#isReachable = false
    this.#toClient.die()
    this.#toServer.die()
    // The server goes on sending, and its system notices in the end that nothing is acknowledged.
    this.#serverTimer ??= this.#parts.clock.setTimer(peerTimeoutMs, () => this.#endServer())
  }

  /** What the server sends waits until `resume()`; with `deaf` it reads nothing either. */
  stall(deaf: boolean): void {
    this.#toClient.hold()
    if (deaf) this.#toServer.hold()
  }

  resume(): void {
    this.#toClient.release()
    this.#toServer.release()
  }

  /** Ends it at once at both ends, which hear nothing: the world ends. */
  drop(): void {
    this.#toClient.die()
    this.#toServer.die()
    this.#endServer()
  }

  #venueClient(): VenueClient {
    return {
      send: (data) => this.#push(data),
      close: (code, reason) => this.#closeServer(code, reason),
      terminate: () => {
        if (!this.#isServerOpen) return
        this.#toClient.send(() => this.#client.receiveEnd(1006, ''))
        this.#endServer()
      },
    }
  }

  #push(data: OutgoingData): void {
    if (!this.#isServerOpen) return
    for (const part of this.#parts.rewrite(data)) this.#toClient.send(() => this.#client.receive(part))
  }

  #closeServer(code = 1005, reason = ''): void {
    if (!this.#isServerOpen) return
    this.#toClient.send(() => this.#client.receiveEnd(code, reason))
    this.#serverTimer ??= this.#parts.clock.setTimer(serverCloseTimeoutMs, () => this.#endServer())
  }

  #answer(answer: HandshakeAnswer): void {
    const answered = this.#answered
    this.#answered = null
    answered?.(answer)
  }

  /** An emulation that fails ends that client. */
  #serve(work: (session: VenueSession) => void): void {
    if (!this.#isServerOpen || this.#session === null) return
    try {
      work(this.#session)
    } catch (thrown) {
      this.#parts.onFailure(thrown)
      this.#closeServer(1011, 'the venue emulation failed')
    }
  }

  /** Its close frame, or the reset that follows a socket that was destroyed, reaches the server. */
  #onClientGone(isAbrupt: boolean): void {
    this.#answer('ended')
    if (isAbrupt) this.#toServer.lose()
    this.#toServer.send(() => this.#endServer())
    if (!this.#isServerOpen) this.#parts.onEnded()
  }

  #endServer(): void {
    if (!this.#isServerOpen) return
    this.#isServerOpen = false
    this.#serverTimer?.cancel()
    this.#toServer.lose()
    this.#session?.onClose()
    if (!this.#client.isOpen) this.#parts.onEnded()
  }
}
