import { ConnectionState, type ConnectionStateEvent } from '@tapewire/core'

/** Whether a change is of a connection that is lost, is being restored, or is back: the others are how a feed starts and ends. */
export function isOfLoss({ state, previous }: ConnectionStateEvent): boolean {
  return previous === ConnectionState.Reconnecting || state === ConnectionState.Reconnecting
}

/** A change of a connection in a line: `acme_spot#1 reconnecting (ERR_CONNECTION_CLOSED), attempt 2 in 3.2 s`. */
export function connectionText({ connectionId, state, error, attempt, delayMs }: ConnectionStateEvent): string {
  const reason = error === null ? '' : ` (${error.code})`
  const next =
    delayMs === null ? '' : `, attempt ${attempt} ${delayMs === 0 ? 'at once' : `in ${formatDelay(delayMs)}`}`
  return `${connectionId} ${state}${reason}${next}`
}

/** `250 ms`, `3.2 s`. */
function formatDelay(delayMs: number): string {
  return delayMs < 1_000 ? `${Math.ceil(delayMs)} ms` : `${(delayMs / 1_000).toFixed(1)} s`
}
