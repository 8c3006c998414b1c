/** The promise, or the signal's reason if there is a signal and that comes first; `discard` then gets what comes too late. */
export function abortable<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
  discard: (value: Value) => void = () => {},
): Promise<Value> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason)
      promise.then(discard, () => {})
    }
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    const settle = (): void => signal.removeEventListener('abort', onAbort)
    promise.finally(settle).then(resolve, reject)
  })
}
