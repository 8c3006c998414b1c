import { type PublicChannel, publicChannels } from '@tapewire/core'
import type { StoredStart } from '../../stored/stored-reader.js'
import { marketStream } from '../../stored/stored-streams.js'
import type { HopMeter } from '../hop-meter.js'
import type { Desk, Line, Lines } from '../transport/lines.js'
import { ReplayedLine, ReplayedPosition } from './replayed-line.js'

/** What lines that replay are made with. */
export interface ReplayedLinesParts {
  /** What the exchange's subjects begin with: `tapewire.acme_spot`. */
  readonly base: string
  readonly start: StoredStart
  readonly hop: HopMeter
  /** How far each subject has been read, for as long as the feed lives. */
  readonly positions: Map<string, ReplayedPosition>
}

/** How long before the time that was asked for a book begins, ms: relays publish a kept one whole once a minute. */
const beforeBooksMs = 65_000

/** Streams of market data that are read where NATS keeps them. */
export class ReplayedLines implements Lines {
  /** What is stored waits for whoever is slow. */
  readonly behindMs: number = 0
  readonly #desk: Desk
  readonly #parts: ReplayedLinesParts
  /** One for each subject at most, the last that was opened: one that has ended ignores everything. */
  readonly #lines = new Map<string, ReplayedLine>()
  #isPaused = false

  constructor(desk: Desk, parts: ReplayedLinesParts) {
    this.#desk = desk
    this.#parts = parts
  }

  open(subject: string, requestId: number): Line | null {
    const { base, hop, positions } = this.#parts
    const channel = publicChannels.find((name) => subject.startsWith(`${base}.${name}.`))
    if (channel === undefined) return null
    const position = positions.get(subject) ?? new ReplayedPosition()
    positions.set(subject, position)
    const { name: stored } = marketStream(base, channel)
    const start = this.#startOf(channel)
    const of = { desk: this.#desk, subject, requestId, stored, start, position, hop, isPaused: this.#isPaused }
    const line = new ReplayedLine(of)
    this.#lines.set(subject, line)
    return line
  }

  /** What a relay is known by is its frames. */
  onBeat(): void {}

  pause(): void {
    this.#isPaused = true
    for (const line of this.#lines.values()) line.pause()
  }

  resume(): void {
    this.#isPaused = false
    for (const line of this.#lines.values()) line.resume()
  }

  #startOf(channel: PublicChannel): StoredStart {
    const { start } = this.#parts
    if (channel !== 'orderbook' || typeof start === 'string' || !('time' in start)) return start
    return { time: start.time - beforeBooksMs }
  }
}
