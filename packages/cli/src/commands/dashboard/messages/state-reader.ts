import type { SharedTexts } from './shared-texts.js'
import type { Read, StateWatch } from './state-watch.js'

/** The state of one feed as one page reads it: each message says what has changed since the one before. Nothing is kept for it but how far it has read. */
export class StateReader {
  readonly #watch: StateWatch
  readonly #texts: SharedTexts
  #read: Read = { look: 0, seconds: 0 }

  constructor(watch: StateWatch, texts: SharedTexts) {
    this.#watch = watch
    this.#texts = texts
  }

  /** What was seen at the last look, as the text of a message; `at` is now. */
  next(at: number): string {
    const read = this.#read
    this.#read = this.#watch.read
    const key = `${this.#watch.feed.exchange} state ${read.look} ${read.seconds} ${this.#read.look}`
    return this.#texts.of(at, key, () => JSON.stringify(this.#watch.after(read)))
  }
}
