import { StreamError } from '@tapewire/core'

/** The error of a listen key that has ended; `sign` is how we know. */
export function endedKey(sign: string): StreamError {
  return new StreamError('ERR_LISTEN_KEY_ENDED', 'The listen key is not valid any more.', { context: { Sign: sign } })
}
