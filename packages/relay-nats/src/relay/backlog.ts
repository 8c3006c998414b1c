/** What becomes of what is published while NATS is away. */
export interface WhileAway {
  /** How much is kept, bytes, 0 and up; default 16 MiB. */
  readonly maxBytes?: number
  /** Which part of it where that is too little; default `newest`. What is dropped is counted, and whoever listens is told of a gap. */
  readonly keep?: 'newest' | 'oldest'
}

export const defaultMaxBytes: number = 16 * 1024 * 1024

interface Kept {
  readonly subject: string
  readonly frame: Uint8Array
  readonly records: number
}

/** Frames that wait, in order, within a bound of bytes. */
export class Backlog {
  readonly #maxBytes: number
  readonly #keepsNewest: boolean
  readonly #onDropped: (records: number) => void
  #frames: Kept[] = []
  /** Those before it were dropped. */
  #first = 0
  #bytes = 0

  constructor({ maxBytes = defaultMaxBytes, keep = 'newest' }: WhileAway, onDropped: (records: number) => void) {
    this.#maxBytes = maxBytes
    this.#keepsNewest = keep === 'newest'
    this.#onDropped = onDropped
  }

  get bytes(): number {
    return this.#bytes
  }

  add(kept: Kept): void {
    const { length } = kept.frame
    if (length > this.#maxBytes || (!this.#keepsNewest && this.#bytes + length > this.#maxBytes)) {
      this.#onDropped(kept.records)
      return
    }
    this.#frames.push(kept)
    this.#bytes += length
    while (this.#bytes > this.#maxBytes) this.#dropOldest()
  }

  /** Everything that waits, in order; nothing waits afterwards. */
  take(): readonly Kept[] {
    const frames = this.#frames.slice(this.#first)
    this.#frames = []
    this.#first = 0
    this.#bytes = 0
    return frames
  }

  #dropOldest(): void {
    const { frame, records } = this.#frames[this.#first] as Kept
    this.#first += 1
    this.#bytes -= frame.length
    this.#onDropped(records)
    if (this.#first * 2 < this.#frames.length) return
    this.#frames = this.#frames.slice(this.#first)
    this.#first = 0
  }
}
