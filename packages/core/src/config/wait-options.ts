import { sharedSignal } from '../clock/shared-signal.js'
import { StreamError } from '../errors/stream-error.js'
import { optionsChecker } from './check-options.js'

/** How long a call waits. */
export interface WaitOptions {
  /** Ends the wait: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** A checker for the options of a call that waits: `signal`, and what else the schemas of its properties name. It throws `ERR_INVALID_CONFIG`, and lets the signal be shared by many calls. */
export function waitOptionsChecker(
  title: string,
  properties: Readonly<Record<string, object>> = {},
): (options: unknown) => void {
  const check = optionsChecker(title, {
    type: 'object',
    additionalProperties: false,
    properties: { signal: {}, ...properties },
  })
  return (options) => {
    checkNoSignal(title, options)
    check(options)
    const { signal } = options as WaitOptions
    checkSignal(title, signal)
    if (signal !== undefined) sharedSignal(signal)
  }
}

/** Throws `ERR_INVALID_CONFIG` for a signal in place of the options that hold one: it has no option that could be unknown, and nobody would listen to it. */
export function checkNoSignal(title: string, options: unknown): void {
  if (!(options instanceof AbortSignal)) return
  throw new StreamError('ERR_INVALID_CONFIG', `${title}: a signal stands in their place.`, {
    hint: 'Pass it as one of them: { signal }.',
  })
}

/** Throws `ERR_INVALID_CONFIG` for a signal that is none; `title` begins its message. */
export function checkSignal(title: string, signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return
  throw new StreamError('ERR_INVALID_CONFIG', `${title}: signal must be an AbortSignal.`, {
    hint: 'Of an AbortController, pass its signal.',
  })
}
