import { StreamError } from '../errors/stream-error.js'

/** So much may wait for an exchange to read it, bytes; requests have a few hundred. An exchange that is further behind reads nothing at all. */
export const maxUnsentBytes: number = 16 * 1024 * 1024

/** So many messages of the user's may wait for their turn at the exchange's rate. */
export const maxWaitingMessages = 1_000

/** The exchange has not taken what it was sent: the connection is of no use any more. */
export function readsNothing(unsentBytes: number): StreamError {
  return new StreamError('ERR_CONNECTION_TIMEOUT', 'The exchange does not read what it is sent.', {
    context: { 'Bytes unsent': unsentBytes },
  })
}

/** A message is refused because of those that wait before it. */
export function tooManyWaiting(): StreamError {
  return new StreamError('ERR_NOT_SENT', `A message was not sent: ${maxWaitingMessages} wait for their turn already.`, {
    hint: 'The exchange’s message rate lets no more through: await each message before you send the next.',
  })
}
