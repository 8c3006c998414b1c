import type { ConnectionStateEvent, DropEvent, FeedMessage, GapEvent, StreamError, StreamState } from '@tapewire/core'

/** What a look comes to: what is wrong, in words; null where nothing is. */
export type Finding = string | null

/**
 * One thing that must always hold, and what has to be heard of a run to tell. Each is asked after every step, and at the three points at which more can be said: when a start
 * failed, at rest, and after the close.
 */
export interface Watch {
  readonly name: string
  onMessage?(message: FeedMessage): Finding
  onConnection?(event: ConnectionStateEvent): Finding
  onStream?(state: StreamState): Finding
  onDrop?(event: DropEvent): Finding
  onGap?(event: GapEvent): Finding
  onError?(error: StreamError): Finding
  afterStep?(): Finding
  /** Why things are not at rest yet, though nothing goes wrong any more; empty where they are. */
  doubts?(): readonly string[]
  /** Nothing is on its way any more, and the market stands still. */
  atRest?(): Finding
  afterFailedStart?(): Finding
  afterClose?(): Finding
}
