import type { Clock } from './clock.js'

/** How long something may take, and until when it is wanted. */
export interface Limits {
  readonly clock: Clock
  /** Ends it early, with its reason. */
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** What it ends with once the time is over. */
  readonly timeoutError: () => Error
}

/**
 * Runs `attempt` with a signal that is aborted when the time is over or `limits.signal` is, whichever comes first. Settles as the attempt does: it is for the attempt to
 * end with the signal's reason. No timer and no listener stays behind.
 */
export async function within<Value>(limits: Limits, attempt: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const { clock, signal, timeoutMs, timeoutError } = limits
  signal.throwIfAborted()
  const controller = new AbortController()
  const timer = clock.setTimer(timeoutMs, () => controller.abort(timeoutError()))
  const onAbort = (): void => controller.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await attempt(controller.signal)
  } finally {
    timer.cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
