import type { ErrorCode } from '../errors/error-codes.js'
import { StreamError } from '../errors/stream-error.js'
import type { FailureKind } from '../model/failure-kind.js'
import type { ErrorMessage } from '../model/message.js'
import type { Stream } from '../model/stream.js'

/** What the exchange reported outside an acknowledgement, or a frame that could not be read, as an error of ours. */
export function exchangeError(
  { code, message, wireChannel, failure }: ErrorMessage['data'],
  stream: Stream | null,
): StreamError {
  const channel = stream !== null ? { Stream: stream.id } : wireChannel !== null ? { Channel: wireChannel } : {}
  if (code === 'ERR_MALFORMED_FRAME') {
    return new StreamError(code, `A frame could not be read: ${message.replace(/\.$/, '')}.`, { context: channel })
  }
  // It is no exchange that says so: its words are taken as they are.
  if (code === 'ERR_RELAY_GAP') return new StreamError(code, message, { context: channel })
  return new StreamError(codeOf(failure), `The exchange reported an error: ${message}`, {
    context: { 'Exchange code': code, ...channel },
  })
}

function codeOf(failure: FailureKind | null): ErrorCode {
  if (failure === 'authentication') return 'ERR_AUTHENTICATION_FAILED'
  return failure === 'expired' ? 'ERR_LISTEN_KEY_ENDED' : 'ERR_EXCHANGE_ERROR'
}

/** A request was sent, and the connection ended before its answer: it may have been carried out, or not. */
export function outcomeUnknown(cause: StreamError | null): StreamError {
  return new StreamError('ERR_OUTCOME_UNKNOWN', 'The connection ended before the exchange answered a request.', {
    hint: 'It may have been carried out all the same: ask the exchange how things stand before you repeat it.',
    ...(cause === null ? {} : { cause }),
  })
}
