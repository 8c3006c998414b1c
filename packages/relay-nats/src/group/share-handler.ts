/** How a share came to its new owner. */
export interface Ownership {
  /** Greater than that of every owner before: what consumers tell the owner by. */
  readonly epoch: number
  /** Whether `prepare` was done for it before: its streams are live. */
  readonly isWarm: boolean
  /** Its last owner let go of it in order, or died; null where it never had one. */
  readonly after: 'hand-over' | 'death' | null
}

/** Why a member lets go of a share: another takes over, it leaves, its lease is over, or it was to get ready and is not needed any more. */
export type LetGoReason = 'moved' | 'left' | 'lapsed' | 'not-needed'

/** What a member does about its shares. None of it may throw; what does is told as an error. */
export interface ShareHandler {
  /** Gets the share's streams live, and publishes nothing. Resolves once they are. What rejects is tried again. */
  prepare(share: string, signal: AbortSignal): Promise<void>
  /** Publishes from now on. */
  own(share: string, ownership: Ownership): void
  /**
   * Publishes nothing from now on, before it returns. What it returns resolves once everything that was published is with NATS: the next owner waits for it. After `lapsed` the member
   * may get the share again; where it joins anew and does not, this comes once more with `not-needed`.
   */
  letGo(share: string, reason: LetGoReason): Promise<void> | void
}
