import { callStrategy, invalidStrategy } from '../connection/strategy-fault.js'
import { StreamError } from '../errors/stream-error.js'
import type { WebSocketStrategySet } from '../strategy/strategy-set.js'

/** A message of the exchange's own protocol, as it is sent. Throws `ERR_INVALID_CONFIG` where it cannot be said. */
export function ownMessage(message: string | Readonly<Record<string, unknown>>): string {
  const payload: unknown = typeof message === 'string' ? message : JSON.stringify(message)
  if (typeof payload === 'string') return payload
  throw new StreamError('ERR_INVALID_CONFIG', 'What is sent must be text, or an object that JSON can say.')
}

/**
 * A request of the exchange's own protocol with this id, as it is sent. Throws `ERR_UNSUPPORTED_OPTION` where the exchange's answers name no request, `ERR_INVALID_STRATEGY`, and what the
 * strategy throws.
 */
export function ownRequest(
  { exchange, subscriptionStrategy }: WebSocketStrategySet,
  payload: Readonly<Record<string, unknown>>,
  nextRequestId: () => number,
): { readonly requestId: number; readonly text: string } {
  if (subscriptionStrategy.createRequest === undefined) {
    throw new StreamError(
      'ERR_UNSUPPORTED_OPTION',
      `The answers of ${exchange} do not say which request they are to.`,
      {
        hint: 'Use sendMessage(), and look for the answer among the messages.',
      },
    )
  }
  const requestId = nextRequestId()
  const text = callStrategy('createRequest', () => subscriptionStrategy.createRequest?.(payload, requestId))
  if (typeof text !== 'string') throw invalidStrategy('createRequest() returned no text.')
  return { requestId, text }
}
