import type { Desk, Line, Lines } from '../transport/lines.js'
import type { Reading } from './reading.js'
import { StoredLine, type StoredSource } from './stored-line.js'

const encoder = new TextEncoder()
const nobody = new Uint8Array(0)

/** Streams that are read where they are stored. */
export class StoredLines implements Lines {
  /** What is stored waits for whoever is slow. */
  readonly behindMs: number = 0
  readonly #desk: Desk
  readonly #reading: Reading
  readonly #sourceOf: (subject: string) => StoredSource | null
  /** One for each subject at most, the last that was opened: one that has ended ignores everything. */
  readonly #lines = new Map<string, StoredLine>()
  #isPaused = false

  /** `sourceOf`: where a subject is stored; null where it is none of these streams. */
  constructor(desk: Desk, reading: Reading, sourceOf: (subject: string) => StoredSource | null) {
    this.#desk = desk
    this.#reading = reading
    reading.onBegin(() => {
      if (!this.#isPaused) this.resume()
    })
    this.#sourceOf = sourceOf
  }

  open(subject: string, requestId: number): Line | null {
    const source = this.#sourceOf(subject)
    if (source === null) return null
    const isPaused = this.#isPaused || !this.#reading.isBegun
    const line = new StoredLine({
      desk: this.#desk,
      source,
      requestId,
      isPaused,
      onOver: () => this.#onOver(),
      onLoss: () => this.#reading.noteLoss(subject),
    })
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
    if (!this.#reading.isBegun) return
    for (const line of this.#lines.values()) line.resume()
  }

  /** One line is told to its end, or was refused: the last of them ends the whole. */
  #onOver(): void {
    const lines = [...this.#lines.values()]
    if (!lines.some(({ isFinished }) => isFinished)) return
    if (!lines.every(({ isFinished, isEnded }) => isFinished || isEnded)) return
    const text = encoder.encode('The replay has ended: everything that was asked for is told.')
    this.#desk.emit('end', nobody, 0, text, this.#desk.clock.now())
  }
}
