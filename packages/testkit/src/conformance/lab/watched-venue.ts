import type { Venue, VenueClient, VenueRequest, VenueResponse, VenueSession } from '../../venue/venue.js'
import type { Recording } from './recording.js'

/** A request over REST as the venue saw it, and how it was answered. */
export interface SeenRequest extends VenueRequest {
  /** By the clock of the stage, epoch ms. */
  readonly at: number
  readonly status: number
  /** The body of the answer. */
  readonly answer: string
}

/** One connection that the venue accepted: what went over it, both ways, and what it is subscribed to. */
export interface SeenSession extends Recording {
  readonly request: VenueRequest
  readonly openedAt: number
  readonly isOpen: boolean
  /** Whether the venue itself ended it. */
  readonly isEndedByVenue: boolean
  /** When pings of the WebSocket protocol came, epoch ms. */
  readonly pingedAt: readonly number[]
  /** As the venue names them; empty where it does not tell. */
  readonly streams: readonly string[]
}

/** A venue, and everything that clients do to it. What is asked can be answered in its place. */
export class WatchedVenue implements Venue {
  readonly exchange: string
  readonly sessions: SeenSession[] = []
  readonly requests: SeenRequest[] = []
  /** Answers a REST request in the venue's place; null leaves it to the venue. */
  interceptRequest: (request: VenueRequest) => VenueResponse | null = () => null
  /** Answers a frame of a client in the venue's place, which does not get it: with these frames, or none; null leaves it to the venue. */
  interceptMessage: (data: Buffer, isBinary: boolean) => readonly (string | Uint8Array)[] | null = () => null
  #venue: Venue
  readonly #retired: Venue[] = []
  readonly #now: () => number

  constructor(venue: Venue, now: () => number) {
    this.exchange = venue.exchange
    this.#venue = venue
    this.#now = now
  }

  get openSessions(): readonly SeenSession[] {
    return this.sessions.filter(({ isOpen }) => isOpen)
  }

  accept(client: VenueClient, request: VenueRequest): VenueSession | VenueResponse {
    const frames: Recording['frames'][number][] = []
    const note = (dir: 'in' | 'out', content: string | Uint8Array): void => {
      frames.push({ dir, content: typeof content === 'string' ? content : Buffer.from(content), at: this.#now() })
    }
    const send = (content: string | Uint8Array): void => {
      note('in', content)
      client.send(content)
    }
    let session: VenueSession | null = null
    const pingedAt: number[] = []
    const seen = {
      request,
      openedAt: this.#now(),
      frames,
      pingedAt,
      isOpen: true,
      isEndedByVenue: false,
      get streams(): readonly string[] {
        return session?.streams ?? []
      },
    }
    // The venue may send from within accept().
    this.sessions.push(seen)
    const accepted = this.#venue.accept(
      {
        send,
        close: (code, reason) => {
          seen.isEndedByVenue = true
          client.close(code, reason)
        },
        terminate: () => {
          seen.isEndedByVenue = true
          client.terminate()
        },
      },
      request,
    )
    if ('status' in accepted) {
      this.sessions.splice(this.sessions.indexOf(seen), 1)
      return accepted
    }
    session = accepted
    return {
      get streams() {
        return accepted.streams ?? []
      },
      onMessage: (data, isBinary) => {
        note('out', isBinary ? data : data.toString())
        const answers = this.interceptMessage(data, isBinary)
        if (answers === null) accepted.onMessage(data, isBinary)
        else for (const answer of answers) send(answer)
      },
      onPing: () => {
        pingedAt.push(this.#now())
        accepted.onPing?.()
      },
      onClose: () => {
        seen.isOpen = false
        accepted.onClose()
      },
    }
  }

  handle(request: VenueRequest): VenueResponse {
    const response = this.interceptRequest(request) ?? this.#venue.handle(request)
    this.requests.push({ ...request, at: this.#now(), status: response.status, answer: response.body })
    return response
  }

  /** From now on another venue answers; connections of now stay with the one they have. */
  replace(venue: Venue): void {
    this.#retired.push(this.#venue)
    this.#venue = venue
  }

  close(): void {
    for (const venue of [this.#venue, ...this.#retired]) venue.close()
  }
}
