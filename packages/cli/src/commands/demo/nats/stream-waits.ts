import type { ExchangeFeed, StreamState } from '@tapewire/core'

/** Resolves when every stream is live, or when aborted. */
export function untilAllLive(feed: ExchangeFeed, signal: AbortSignal): Promise<void> {
  return untilTrue(feed, signal, (states) => states.every(({ status }) => status === 'live'))
}

/** The end of a relay is noticed before it is made up for. */
export async function untilGappedAndLive(feed: ExchangeFeed, signal: AbortSignal): Promise<void> {
  await untilTrue(feed, signal, (states) => states.some(({ status }) => status === 'gapped'))
  await untilAllLive(feed, signal)
}

function untilTrue(
  feed: ExchangeFeed,
  signal: AbortSignal,
  isTrue: (states: readonly StreamState[]) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!signal.aborted && !isTrue(feed.streamStates())) return
      stop()
      signal.removeEventListener('abort', look)
      resolve()
    }
    const stop = feed.on('stream', look)
    signal.addEventListener('abort', look)
    look()
  })
}
