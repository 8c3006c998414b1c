/** Whether a callback returned a promise. It may return anything, whatever its type says; only a promise is waited for. */
export function isPromise(returned: unknown): returned is PromiseLike<void> {
  return typeof (returned as { then?: unknown } | null | undefined)?.then === 'function'
}
