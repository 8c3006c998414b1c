import { setMaxListeners } from 'node:events'

/**
 * Lets any number of calls wait for one signal at a time, and returns it. Each takes its listener off again; from the eleventh on Node.js would print a
 * MaxListenersExceededWarning.
 */
export function sharedSignal(signal: AbortSignal): AbortSignal {
  setMaxListeners(Number.POSITIVE_INFINITY, signal)
  return signal
}
