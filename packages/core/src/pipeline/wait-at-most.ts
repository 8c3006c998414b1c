import type { Clock } from '../clock/clock.js'

/** Waits for a promise, at most `timeoutMs`. True where it was fulfilled in time; rejects as it does. A later rejection goes nowhere. */
export function waitAtMost(promise: PromiseLike<unknown>, timeoutMs: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(timeoutMs, () => resolve(false))
    promise.then(
      () => {
        timer.cancel()
        resolve(true)
      },
      (reason) => {
        timer.cancel()
        reject(reason)
      },
    )
  })
}
