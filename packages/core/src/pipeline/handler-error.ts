import { StreamError } from '../errors/stream-error.js'

/** The user's handler threw or rejected. */
export function handlerError(thrown: unknown): StreamError {
  return new StreamError('ERR_HANDLER_FAILED', 'A message handler failed; the stream goes on.', {
    hint: 'The cause is what the handler threw.',
    cause: thrown,
  })
}

/** The user's handler did not come back in time. */
export function handlerTimeout(messageTimeoutMs: number): StreamError {
  return new StreamError(
    'ERR_HANDLER_TIMEOUT',
    `A message handler took longer than ${messageTimeoutMs} ms; the stream goes on without it.`,
    { hint: 'Do less in the handler, hand the work over, or raise messageTimeoutMs.' },
  )
}
