// The frames of a relay, for who reads or writes them without a feed: what a JetStream stream keeps, or a bridge to something else.
export {
  type FrameFault,
  type FrameHeader,
  type FrameKind,
  frameFault,
  frameFlags,
  readHeader,
} from './encoding/frame-header.js'
export { type FrameOrigin, FrameWriter } from './encoding/frame-writer.js'
export type { ReadingContext } from './encoding/message-record.js'
export {
  readAlerts,
  readAnswer,
  readBeat,
  readGaps,
  readMessages,
  readReceivedAt,
  readStates,
} from './encoding/read-frame.js'
export type { AlertStream, RelayedAlert } from './encoding/records/alert.js'
export type { Answer } from './encoding/records/answer.js'
export type { Beat } from './encoding/records/beat.js'
export type { RelayedGap } from './encoding/records/gap.js'
export type { RelayedState } from './encoding/records/state.js'
