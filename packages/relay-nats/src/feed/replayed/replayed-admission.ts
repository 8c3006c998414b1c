import type { DataMessage, Stream } from '@tapewire/core'
import type { RelayedState } from '../../encoding/records/state.js'
import { Overlap } from '../live/overlap.js'
import type { Admission, ReceivedFrame } from '../parser/admission.js'
import { replayedMark } from './replayed-records.js'

/** As of live streams, and what was stored before reading began is `backfilled`. */
export class ReplayedAdmission implements Admission {
  readonly #overlap = new Overlap()

  noteState(stream: Stream, state: RelayedState, continues: boolean): void {
    this.#overlap.noteState(stream, state, continues)
  }

  admit(stream: Stream, frame: ReceivedFrame): readonly DataMessage[] {
    if (frame.mark < replayedMark) return this.#overlap.admit(stream, frame)
    const news = this.#overlap.admit(stream, { ...frame, mark: frame.mark - replayedMark })
    return news.map((message) => ({ ...message, backfilled: true }))
  }
}
