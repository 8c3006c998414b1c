import { createInbox, type Msg } from '@nats-io/transport-node'
import type { HopMeter } from '../hop-meter.js'
import type { RelayGaps } from '../parser/relay-gaps.js'
import type { Desk, Line, Lines } from '../transport/lines.js'
import { HeldFrames } from './held-frames.js'
import { LiveLine, type LiveLineParts } from './live-line.js'

/** What lines that follow what is published are made with. */
export interface LiveLinesParts {
  /** What begins every subject. */
  readonly prefix: string
  /** What may wait while nothing is read, bytes. */
  readonly maxHeldBytes: number
  readonly hop: HopMeter
  /** As `LiveLineParts.followed`, for as long as the feed lives. */
  readonly followed: Set<string>
  readonly gaps: RelayGaps
}

/** Streams that are followed as they are published. */
export class LiveLines implements Lines {
  readonly #parts: LiveLineParts
  readonly #inbox = createInbox()
  readonly #held: HeldFrames
  /** Those that wait for a reply, by its subject. */
  readonly #asking = new Map<string, LiveLine>()
  #replies = 0

  constructor(desk: Desk, { prefix, maxHeldBytes, hop, followed, gaps }: LiveLinesParts) {
    gaps.noteConnection(desk.clock.now())
    this.#held = new HeldFrames(maxHeldBytes, hop)
    hop.begin()
    this.#parts = {
      desk,
      hop,
      followed,
      epochs: new Map(),
      askSubjectOf: (subject) => `${prefix}-ask${subject.slice(prefix.length)}`,
      replySubjectFor: (line) => this.#replySubjectFor(line),
      forget: (replySubject) => this.#asking.delete(replySubject),
      onPublished: (line, payload) => this.#held.pass(line, payload, desk.clock.now()),
    }
    desk.connection.subscribe(`${this.#inbox}.*`, { callback: (error, message) => this.#onReply(error, message) })
  }

  open(subject: string, requestId: number, before: Line | null): Line {
    return new LiveLine(subject, requestId, this.#parts, before instanceof LiveLine ? before : null)
  }

  /** What a relay is known by is its answers and its frames. */
  onBeat(): void {}

  pause(): void {
    this.#held.pause()
  }

  resume(): void {
    this.#held.resume()
  }

  get behindMs(): number {
    return this.#parts.hop.behindMs
  }

  #replySubjectFor(line: LiveLine): string {
    this.#replies += 1
    const subject = `${this.#inbox}.${this.#replies}`
    this.#asking.set(subject, line)
    return subject
  }

  #onReply(error: Error | null, message: Msg): void {
    if (error !== null) return
    const { data, headers } = message
    this.#asking.get(message.subject)?.hear(data, data.length === 0 && headers?.code === 503)
  }
}
