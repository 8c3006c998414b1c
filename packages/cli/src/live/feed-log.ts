import type { Alert, ConnectionStateEvent, GapEvent, StreamError, StreamState } from '@tapewire/core'
import { connectionText, isOfLoss } from '../notes/connection-text.js'
import { gapText } from '../notes/gap-text.js'
import { SilenceNotes } from '../notes/silence-notes.js'
import { oneLine } from '../terminal/one-line.js'
import { Recent } from './recent.js'

/** Something that happened to a feed, in a line. */
export interface LiveEvent {
  /** Epoch ms of our clock. */
  readonly at: number
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
}

const mostEvents = 200

/** What happened to a feed lately, in words. */
export class FeedLog {
  readonly #now: () => number
  readonly #events = new Recent<LiveEvent>(mostEvents)
  readonly #silence: SilenceNotes

  constructor(now: () => number) {
    this.#now = now
    this.#silence = new SilenceNotes((text, isBack) => this.tell(isBack ? 'info' : 'warn', text))
  }

  /** Newest first, at most 200. */
  get events(): readonly LiveEvent[] {
    return this.#events.newestFirst()
  }

  tell(level: LiveEvent['level'], text: string): void {
    this.#events.add({ at: this.#now(), level, text })
  }

  onConnectionState(change: ConnectionStateEvent): void {
    if (isOfLoss(change)) this.tell(change.state === 'connected' ? 'info' : 'warn', connectionText(change))
  }

  onStreamState(state: StreamState): void {
    this.#silence.onState(state)
  }

  onGap(gap: GapEvent): void {
    this.tell(gap.fault === null ? 'info' : 'warn', gapText(gap))
  }

  onAlert({ kind, status, severity, reason }: Alert): void {
    const level = status === 'cleared' ? 'info' : severity === 'critical' ? 'error' : 'warn'
    this.tell(level, oneLine(`alert ${kind} ${status}: ${reason}`))
  }

  onError({ code, shortMessage }: StreamError): void {
    this.tell(code === 'ERR_RECONNECT_EXHAUSTED' ? 'error' : 'warn', oneLine(`${shortMessage} [${code}]`))
  }
}
