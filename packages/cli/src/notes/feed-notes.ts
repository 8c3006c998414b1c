import type { Alert, ConnectionStateEvent, FeedEvents, GapEvent, StreamError, StreamState } from '@tapewire/core'
import type { CommandContext } from '../command-context.js'
import { oneLine } from '../terminal/one-line.js'
import { alertText } from './alert-text.js'
import { connectionText, isOfLoss } from './connection-text.js'
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

  readonly onAlert = (alert: Alert): void => this.#note(alertText(alert))

  /** Told also where it is the end that has it written. */
  readonly onFlight = ({ path, detail, lacks }: FeedEvents['flight']): void => {
    const lacking = lacks.length === 0 ? '' : `; it lacks ${lacks.join(', ')}`
    this.#context.note(oneLine(`${path}: what went over the wire (${detail})${lacking}`))
  }

  readonly onStreamState = (state: StreamState): void => this.#silence.onState(state)

  readonly onConnectionState = (change: ConnectionStateEvent): void => {
    if (isOfLoss(change)) this.#note(connectionText(change))
  }

  #note(text: string): void {
    if (!this.#isEnding) this.#context.note(text)
  }
}
