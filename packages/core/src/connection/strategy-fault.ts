import { StreamError } from '../errors/stream-error.js'

/** The adapter did not do what its contract says. */
export function invalidStrategy(what: string, cause?: unknown): StreamError {
  return new StreamError('ERR_INVALID_STRATEGY', what, {
    hint: 'This is a mistake in the adapter, not in the connection: its author wants to see the cause.',
    ...(cause === undefined ? {} : { cause }),
  })
}

/**
 * Calls a method of a strategy. A mistake in its code (a `TypeError`, a `ReferenceError`) is told as such, `ERR_INVALID_STRATEGY`, and not taken for a failure of the
 * connection; everything else it throws passes as it is.
 */
export async function askStrategy<Answer>(method: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call()
  } catch (thrown) {
    throw isMistake(thrown) ? invalidStrategy(`The adapter failed in ${method}().`, thrown) : thrown
  }
}

/** Does the same for a method that answers at once. */
export function callStrategy<Answer>(method: string, call: () => Answer): Answer {
  try {
    return call()
  } catch (thrown) {
    throw isMistake(thrown) ? invalidStrategy(`The adapter failed in ${method}().`, thrown) : thrown
  }
}

/** What `fetch` throws for a network that fails is a `TypeError` too, with the reason as its cause. */
function isMistake(thrown: unknown): boolean {
  if (thrown instanceof TypeError) return thrown.cause === undefined
  return thrown instanceof ReferenceError || thrown instanceof RangeError || thrown instanceof SyntaxError
}
