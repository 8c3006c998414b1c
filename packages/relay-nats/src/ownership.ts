import type { RelayedStream } from './subjects.js'

/** A stream that is this relay's to publish. */
export interface Owned {
  /** Greater for whoever owns it later: consumers listen to the greatest alone. */
  readonly epoch: number
  /** Whether its last owner let go of it in order while it was live here: what was received shortly before is then published first, so that nothing is missing between the two. */
  readonly continues: boolean
}

/** Which streams are this relay's to publish; those that are not are received, and kept for a moment, and not published. */
export interface Ownership {
  /** Null where it is another's, or nobody's. */
  of(stream: RelayedStream): Owned | null
  /** How long what an account told is kept while it is another's, ms: from before an owner's end to the moment when another one has it. Default 30,000. */
  readonly keptMs?: number
  /** Asked before each frame goes out, where a relay may find that it owns nothing any more before anybody told it so: a process that was stopped and goes on. */
  mayPublish?(stream: RelayedStream): boolean
}
