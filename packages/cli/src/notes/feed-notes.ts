import {
  ConnectionState,
  type ConnectionStateEvent,
  type FeedEvents,
  type GapEvent,
  type StreamError,
  type StreamState,
} from '@tapewire/core'
import type { CommandContext } from '../command-context.js'
import { oneLine } from '../terminal/one-line.js'
import { gapText } from './gap-text.js'
import { SilenceNotes } from './silence-notes.js'

/** Says on standard error what happens to a feed while a command runs on it: a manager's callbacks. */
export class FeedNotes {
  /** Aborted with the error, once a connection is given up. */
  readonly lost: AbortController = new AbortController()
  readonly #context: CommandContext
  readonly #silence: SilenceNotes
  /** What the end of the command leaves is no news. */
  #isEnding = false

  constructor(context: CommandContext) {
    this.#context = context
    this.#silence = new SilenceNotes((text) => this.#note(text))
  }

  end(): void {
    this.#isEnding = true
  }

  readonly onError = (error: StreamError): void => {
    if (error.code === 'ERR_RECONNECT_EXHAUSTED') this.lost.abort(error)
    else this.#context.warn(error)
  }

  readonly onGap = (gap: GapEvent): void => this.#note(gapText(gap))

  /** Told also where it is the end that has it written. */
  readonly onFlight = ({ path, detail, lacks }: FeedEvents['flight']): void => {
    const lacking = lacks.length === 0 ? '' : `; it lacks ${lacks.join(', ')}`
    this.#context.note(oneLine(`${path}: what went over the wire (${detail})${lacking}`))
  }

  readonly onStreamState = (state: StreamState): void => this.#silence.onState(state)

  readonly onConnectionState = (change: ConnectionStateEvent): void => {
    const { connectionId, state, previous, error, attempt, delayMs } = change
    if (previous !== ConnectionState.Reconnecting && state !== ConnectionState.Reconnecting) return
    const reason = error === null ? '' : ` (${error.code})`
    const next =
      delayMs === null ? '' : `, attempt ${attempt} ${delayMs === 0 ? 'at once' : `in ${formatDelay(delayMs)}`}`
    this.#context.note(`${connectionId} ${state}${reason}${next}`)
  }

  #note(text: string): void {
    if (!this.#isEnding) this.#context.note(text)
  }
}

/** `250 ms`, `3.2 s`. */
function formatDelay(delayMs: number): string {
  return delayMs < 1_000 ? `${Math.ceil(delayMs)} ms` : `${(delayMs / 1_000).toFixed(1)} s`
}
