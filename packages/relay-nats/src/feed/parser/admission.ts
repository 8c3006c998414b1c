import type { DataMessage, Stream } from '@tapewire/core'
import type { RelayedState } from '../../encoding/records/state.js'

/** One frame of messages that came, as read. */
export interface ReceivedFrame {
  /** Good until the next. */
  readonly payload: Uint8Array
  readonly messages: readonly DataMessage[]
  /** As its envelope has it. */
  readonly mark: number
  /** Its relay took over in order and begins with what may have been told. */
  readonly continues: boolean
}

/** What is told of that which came. */
export interface Admission {
  /** Those messages of a frame that are news. */
  admit(stream: Stream, frame: ReceivedFrame): readonly DataMessage[]
  /** How a stream is at the relay; `continues` as of a frame of messages. */
  noteState(stream: Stream, state: RelayedState, continues: boolean): void
  /** Whoever last began to publish the stream was not its owner: the one before goes on. Absent where nobody is gone back to. */
  noteDisowned?(stream: Stream): void
}
