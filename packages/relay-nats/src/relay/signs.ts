import type { Alert, Clock, Timer } from '@tapewire/core'
import { FrameWriter } from '../encoding/frame-writer.js'
import type { Subjects } from '../subjects.js'
import type { Link } from './link.js'

export interface SignsParts {
  readonly relay: number
  readonly subjects: Subjects
  readonly link: Link
  readonly clock: Clock
  readonly beatIntervalMs: number
  /** How many streams are published. */
  streams(): number
}

/** What a relay says of itself, to whoever listens at that moment: that it lives, and what its feed alerts of. */
export class Signs {
  readonly #parts: SignsParts
  readonly #writer = new FrameWriter()
  #beat: Timer | null = null

  constructor(parts: SignsParts) {
    this.#parts = parts
  }

  alert(alert: Alert): void {
    const { relay, subjects, link, clock } = this.#parts
    this.#writer.begin('alert', { relay, epoch: 0, sequence: 0 })
    this.#writer.addAlert(alert)
    link.publishNow(subjects.alerts, this.#writer.finish(clock.now()))
  }

  beginBeats(): void {
    const { relay, subjects, link, clock, beatIntervalMs, streams } = this.#parts
    this.#writer.begin('beat', { relay, epoch: 0, sequence: 0 })
    this.#writer.addBeat({ sentAt: clock.now(), streams: streams() })
    link.publishNow(subjects.beat(relay), this.#writer.finish(clock.now()))
    this.#beat = clock.setTimer(beatIntervalMs, () => this.beginBeats())
  }

  endBeats(): void {
    this.#beat?.cancel()
  }
}
