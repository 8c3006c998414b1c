import type { Venue, VenueContext, VenueRequest, VenueResponse, VenueSession } from '@tapewire/testkit'
import type { Waiting } from './waiting.js'

/** A text frame of a client, and when it arrived by the venue's clock, epoch ms. */
export interface SeenMessage {
  readonly text: string
  readonly at: number
}

/** One accepted connection. */
export interface SeenSession {
  readonly request: VenueRequest
  readonly messages: readonly SeenMessage[]
  readonly isOpen: boolean
  /** Ends its socket without a close frame. */
  cut(): void
}

/** A REST request, when it arrived, and the status it was answered with. */
export interface SeenRequest extends VenueRequest {
  readonly at: number
  readonly status: number
}

/** Answers a REST request in the venue's place; null leaves it to the venue. */
export type Interception = (request: VenueRequest) => VenueResponse | null

/** Answers a text frame of a client in the venue's place, which does not get it: with these texts, or none; null leaves it to the venue. */
export type MessageInterception = (text: string) => readonly string[] | null

/** A venue emulation, and everything clients do to it as it sees them. */
export class VenueWatch<Emulation extends Venue> implements Venue {
  readonly exchange: string
  readonly emulation: Emulation
  /** Every accepted connection, in order. */
  readonly sessions: SeenSession[] = []
  readonly requests: SeenRequest[] = []
  /** Set to answer REST requests in the venue's place. */
  intercept: Interception = () => null
  /** Set to answer requests over the socket in the venue's place. */
  interceptMessage: MessageInterception = () => null
  readonly #context: VenueContext
  readonly #waiting: Waiting

  constructor(emulation: Emulation, context: VenueContext, waiting: Waiting) {
    this.exchange = emulation.exchange
    this.emulation = emulation
    this.#context = context
    this.#waiting = waiting
  }

  get openSessions(): readonly SeenSession[] {
    return this.sessions.filter((session) => session.isOpen)
  }

  /** Every text frame of every client. */
  get messages(): readonly SeenMessage[] {
    return this.sessions.flatMap((session) => session.messages)
  }

  accept(...[client, request]: Parameters<Venue['accept']>): VenueSession | VenueResponse {
    const session = this.emulation.accept(client, request)
    if ('status' in session) return session
    const messages: SeenMessage[] = []
    const seen = { request, messages, isOpen: true, cut: () => client.terminate() }
    this.sessions.push(seen)
    this.#waiting.wake()
    return {
      onMessage: (data, isBinary) => {
        const text = data.toString()
        messages.push({ text, at: this.#context.clock.now() })
        const answers = isBinary ? null : this.interceptMessage(text)
        if (answers === null) session.onMessage(data, isBinary)
        else for (const answer of answers) client.send(answer)
        this.#waiting.wake()
      },
      onClose: () => {
        seen.isOpen = false
        session.onClose()
        this.#waiting.wake()
      },
    }
  }

  handle(request: VenueRequest): VenueResponse {
    const response = this.intercept(request) ?? this.emulation.handle(request)
    this.requests.push({ ...request, at: this.#context.clock.now(), status: response.status })
    this.#waiting.wake()
    return response
  }

  close(): void {
    this.emulation.close()
  }
}
