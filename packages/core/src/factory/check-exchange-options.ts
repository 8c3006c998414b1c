import { unknownName } from '../config/unknown-name.js'
import { StreamError } from '../errors/stream-error.js'
import { faultsOfSurroundings } from '../manager/manager-options.js'
import { feedEvents } from './feed-events.js'

/** What a factory takes, and what of it it cannot do without. */
export type KnownOptions<Options> = Readonly<Record<keyof Options, 'required' | 'optional'>>

/**
 * Checks what was passed to a factory: a misspelled `symbols` would otherwise be a feed that is ready and never delivers.
 * Throws `ERR_INVALID_CONFIG`, naming every mistake together; `title` begins that message.
 */
export function checkExchangeOptions<Options extends object>(
  options: Options,
  knownOptions: KnownOptions<Options>,
  title = 'The feed cannot be built',
): void {
  const needs: Readonly<Record<string, 'required' | 'optional'>> = knownOptions
  const known = Object.keys(needs)
  const given: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(options ?? {}))
  const { on } = given
  const areListeners = on === undefined || (typeof on === 'object' && on !== null && !Array.isArray(on))
  const listeners: Readonly<Record<string, unknown>> = areListeners ? { ...on } : {}
  const faults = [
    ...unknownOf(given, known, 'an option'),
    ...known
      .filter((name) => needs[name] === 'required' && given[name] === undefined)
      .map((name) => `${name} is missing`),
    ...(areListeners ? [] : ['on must be an object of listeners by event, such as { trades: (message) => {} }']),
    ...unknownOf(listeners, feedEvents, 'an event'),
    ...Object.keys(listeners)
      .filter((event) => listeners[event] !== undefined && typeof listeners[event] !== 'function')
      .map((event) => `on.${event} must be a function`),
    ...faultsOfSurroundings(given),
  ]
  if (faults.length === 0) return
  throw new StreamError('ERR_INVALID_CONFIG', `${title}: ${faults.join('; ')}.`, {
    hint: `Known options: ${known.join(', ')}.`,
  })
}

function unknownOf(given: object, known: readonly string[], kind: 'an option' | 'an event'): readonly string[] {
  return Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((key) => unknownName(key, known, kind))
}
