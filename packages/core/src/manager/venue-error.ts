import { StreamError } from '../errors/stream-error.js'
import type { ErrorData } from '../model/message.js'

/** What the exchange reported outside an acknowledgement, or a frame that could not be read, as an error of ours. */
export function venueError({ code, message, wireChannel, failure }: ErrorData): StreamError {
  const channel = wireChannel === null ? {} : { Channel: wireChannel }
  if (code === 'ERR_MALFORMED_FRAME') {
    return new StreamError(code, `A frame could not be read: ${message.replace(/\.$/, '')}.`, { context: channel })
  }
  return new StreamError(
    failure === 'authentication' ? 'ERR_AUTHENTICATION_FAILED' : 'ERR_VENUE_ERROR',
    `The exchange reported an error: ${message}`,
    { context: { 'Exchange code': code, ...channel } },
  )
}
