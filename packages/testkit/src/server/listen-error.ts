import { systemReason, TestkitError } from '../testkit-error.js'

/** Why nothing listens there. */
export function listenError(host: string, port: number, cause: unknown): TestkitError {
  const reason = systemReason(cause)
  if (reason === 'EADDRINUSE') {
    return new TestkitError(
      'ERR_PORT_IN_USE',
      `Port ${port} of ${host} is in use.`,
      'Choose another port, or 0 for any that is free.',
      cause,
    )
  }
  const hint = 'Choose a loopback address, and a port above 1023 or 0.'
  return new TestkitError('ERR_SERVER_FAILED', `The server cannot listen on ${host}:${port} (${reason}).`, hint, cause)
}
