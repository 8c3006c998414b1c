import { inspect } from 'node:util'
import { StreamError } from './stream-error.js'

/** A first line that is longer than this is a document, not a message. */
const maxCauseLength = 300

/** A function of the user's threw or rejected: the handler of messages, or of the event that is named. */
export function handlerError(thrown: unknown, event: string | null = null): StreamError {
  const [what, whatGoesOn] =
    event === null ? ['A message handler', 'the stream goes on'] : [`A handler of ${event} events`, 'the feed goes on']
  return new StreamError('ERR_HANDLER_FAILED', `${what} failed; ${whatGoesOn}.`, {
    context: { ...(event === null ? {} : { Event: event }), Cause: firstLineOf(thrown) },
    hint: 'The cause is what the handler threw.',
    cause: thrown,
  })
}

function firstLineOf(thrown: unknown): string {
  const [line = ''] = describe(thrown).split('\n', 1)
  return line.length <= maxCauseLength ? line : `${line.slice(0, maxCauseLength)}…`
}

/** Anything can be thrown, also what cannot be made a text of. */
function describe(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown) : inspect(thrown)
  } catch {
    return 'something that cannot be shown'
  }
}
