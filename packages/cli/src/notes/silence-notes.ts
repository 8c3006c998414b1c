import type { Stream, StreamState } from '@tapewire/core'
import { oneLine } from '../terminal/one-line.js'

/** Says which streams bring nothing any more, and when they do again. What is lost is a gap, and told as one. */
export class SilenceNotes {
  readonly #note: (text: string, isBack: boolean) => void
  readonly #silent = new Set<Stream>()

  constructor(note: (text: string, isBack: boolean) => void) {
    this.#note = note
  }

  readonly onState = ({ stream, channel, symbol, status, reason }: StreamState): void => {
    const what = `${channel} ${symbol?.name ?? stream.id}`
    if (status === 'stale') {
      this.#silent.add(stream)
      this.#note(oneLine(`${what} is stale: ${reason}`), false)
    } else if (status === 'live' && this.#silent.delete(stream)) {
      this.#note(`${what} is live again`, true)
    }
  }
}
