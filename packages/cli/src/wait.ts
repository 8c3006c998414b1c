import { sleep, systemClock, within } from '@tapewire/core/adapter'

/** The promise, or the signal's reason if that comes first. A late failure of the promise is nobody's any more. */
export function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    promise.finally(() => signal.removeEventListener('abort', onAbort)).then(resolve, reject)
  })
}

/** The work, whose signal is aborted once `timeoutMs` are over or `signal` is aborted. */
export function inTime<Value>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  return within({ clock: systemClock, signal, timeoutMs, timeoutError: () => new Error('It took too long.') }, work)
}

/** Resolves after the duration, or when aborted; null waits for the signal alone. */
export async function untilOver(durationMs: number | null, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  if (durationMs === null) {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    return
  }
  await sleep(systemClock, durationMs, signal).catch(() => {})
}
