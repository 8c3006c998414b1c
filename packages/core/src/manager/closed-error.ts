import { StreamError } from '../errors/stream-error.js'

/** What is told to whoever still asks for something. */
export function closedError(): StreamError {
  return new StreamError('ERR_CLOSED', 'The manager is closed.', { hint: 'Create a new one.' })
}
