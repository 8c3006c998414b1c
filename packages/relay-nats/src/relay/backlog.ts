/** What becomes of what is published while NATS is away, and of what it has not said that it has. */
export interface WhileAway {
  /** How much is kept, bytes, 0 and up; default 16 MiB. */
  readonly maxBytes?: number
  /** Which part of it where that is too little; default `newest`. What is dropped is counted, and whoever listens is told of a gap. */
  readonly keep?: 'newest' | 'oldest'
}

export const defaultMaxBytes: number = 16 * 1024 * 1024

/** One frame, and how many records are lost where it is. */
export interface Kept {
  readonly subject: string
  readonly frame: Uint8Array
  readonly records: number
}

/** Frames of which it is not known whether NATS has them, in order, numbered from 1, within a bound of bytes. */
export class Backlog {
  readonly #maxBytes: number
  readonly #keepsNewest: boolean
  readonly #onDropped: (records: number, number: number) => void
  #frames: Kept[] = []
  /** Of each of the frames. */
  #numbers: number[] = []
  /** Those before it were dropped, or are not needed any more. */
  #first = 0
  #bytes = 0
  #last = 0

  /** `onDropped` is told of each frame that there is no room for. */
  constructor(
    { maxBytes = defaultMaxBytes, keep = 'newest' }: WhileAway,
    onDropped: (records: number, number: number) => void,
  ) {
    this.#maxBytes = maxBytes
    this.#keepsNewest = keep === 'newest'
    this.#onDropped = onDropped
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Returns the number of the frame, kept or not. */
  add(kept: Kept): number {
    this.#last += 1
    const { length } = kept.frame
    if (length > this.#maxBytes || (!this.#keepsNewest && this.#bytes + length > this.#maxBytes)) {
      this.#onDropped(kept.records, this.#last)
      return this.#last
    }
    this.#frames.push(kept)
    this.#numbers.push(this.#last)
    this.#bytes += length
    while (this.#bytes > this.#maxBytes)
      this.#onDropped(this.#shift().records, this.#numbers[this.#first - 1] as number)
    this.#tidy()
    return this.#last
  }

  /** NATS has everything up to this number. */
  forget(number: number): void {
    while (this.#first < this.#frames.length && (this.#numbers[this.#first] as number) <= number) this.#shift()
    this.#tidy()
  }

  /** Everything that is kept, in order; nothing is afterwards. */
  take(): readonly Kept[] {
    const frames = this.#frames.slice(this.#first)
    this.#frames = []
    this.#numbers = []
    this.#first = 0
    this.#bytes = 0
    return frames
  }

  #shift(): Kept {
    const kept = this.#frames[this.#first] as Kept
    this.#first += 1
    this.#bytes -= kept.frame.length
    return kept
  }

  #tidy(): void {
    if (this.#first === 0 || this.#first * 2 < this.#frames.length) return
    this.#frames = this.#frames.slice(this.#first)
    this.#numbers = this.#numbers.slice(this.#first)
    this.#first = 0
  }
}
