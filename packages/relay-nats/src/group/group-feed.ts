import { type ExchangeFeed, StreamError, type StreamState } from '@tapewire/core'
import type { ConnectionLimiter } from '@tapewire/core/adapter'

/** Resolves once no stream of a feed is waited for; rejects with `ERR_ABORTED` where it is not needed any more. */
export function untilNone(
  feed: ExchangeFeed,
  isWaited: (state: StreamState) => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!signal.aborted && feed.streamStates().some(isWaited)) return
      stopListening()
      signal.removeEventListener('abort', look)
      if (signal.aborted) reject(new StreamError('ERR_ABORTED', 'The share is not needed any more.'))
      else resolve()
    }
    const stopListening = feed.on('stream', look)
    signal.addEventListener('abort', look)
    look()
  })
}

/** What a member's feeds share. */
export interface GroupFeedParts {
  /** Whether the share is this member's at this very moment. */
  mayPublish(share: string): boolean
  /** Whether this process is a member at this very moment. */
  isMember(): boolean
  /** For the feeds of an account, by its name, or those of instruments. */
  limiterOf(account: string | null): ConnectionLimiter
  onError(thrown: unknown): void
}

/** How long after a failure what a member owns is opened again, ms. */
export const insistMs = 1_000
