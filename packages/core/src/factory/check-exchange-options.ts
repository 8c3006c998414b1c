import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'
import { channels } from '../model/channel.js'

/** The events a feed has beside its channels. */
const feedEvents = ['message', 'connection', 'stream', 'error', 'drop', 'book']

/** What a factory takes, and cannot do without. */
export interface KnownOptions {
  readonly known: readonly string[]
  readonly required: readonly string[]
}

/**
 * Checks what was passed to a factory: a misspelled `symbols` would otherwise be a feed that is ready and never delivers.
 * Throws `ERR_INVALID_CONFIG`, naming every mistake together.
 */
export function checkExchangeOptions(options: object, { known, required }: KnownOptions): void {
  const given: Readonly<Record<string, unknown>> = { ...options }
  const listeners: Readonly<Record<string, unknown>> = { ...(given.on as object | undefined) }
  const events = [...channels, ...feedEvents]
  const faults = [
    ...unknownOf(given, known, 'an option'),
    ...required.filter((name) => given[name] === undefined).map((name) => `${name} is missing`),
    ...unknownOf(listeners, events, 'an event'),
    ...Object.keys(listeners)
      .filter((event) => listeners[event] !== undefined && typeof listeners[event] !== 'function')
      .map((event) => `on.${event} must be a function`),
  ]
  if (faults.length === 0) return
  throw new StreamError('ERR_INVALID_CONFIG', `The feed cannot be built: ${faults.join('; ')}.`, {
    hint: `Known options: ${known.join(', ')}.`,
  })
}

function unknownOf(given: object, known: readonly string[], kind: string): readonly string[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const meant = suggest(key, known)
      return `${key} is not ${kind}${meant === null ? '' : ` (did you mean ${meant}?)`}`
    })
}
