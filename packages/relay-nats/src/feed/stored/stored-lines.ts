import type { Desk, Line, Lines } from '../transport/lines.js'
import { StoredLine, type StoredSource } from './stored-line.js'

/** Streams that are read where they are stored. */
export class StoredLines implements Lines {
  /** What is stored waits for whoever is slow. */
  readonly behindMs: number = 0
  readonly #desk: Desk
  readonly #sourceOf: (subject: string) => StoredSource | null
  /** One for each subject at most, the last that was opened: one that has ended ignores everything. */
  readonly #lines = new Map<string, StoredLine>()
  #isPaused = false

  /** `sourceOf`: where a subject is stored; null where it is none of these streams. */
  constructor(desk: Desk, sourceOf: (subject: string) => StoredSource | null) {
    this.#desk = desk
    this.#sourceOf = sourceOf
  }

  open(subject: string, requestId: number): Line | null {
    const source = this.#sourceOf(subject)
    if (source === null) return null
    const line = new StoredLine(this.#desk, source, requestId, this.#isPaused)
    this.#lines.set(subject, line)
    return line
  }

  onBeat(relay: number): void {
    for (const line of this.#lines.values()) line.onBeat(relay)
  }

  pause(): void {
    this.#isPaused = true
    for (const line of this.#lines.values()) line.pause()
  }

  resume(): void {
    this.#isPaused = false
    for (const line of this.#lines.values()) line.resume()
  }
}
