import { sleep, systemClock, within } from '@tapewire/core/adapter'

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
