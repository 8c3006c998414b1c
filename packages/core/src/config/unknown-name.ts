import { suggest } from '../errors/suggest.js'
import { defaultManagerConfig } from './manager-config.js'

/** What is said of a name that a feed or a manager does not know: where it belongs, or what is likely meant. */
export function unknownName(name: string, known: readonly string[], kind: 'an option' | 'an event'): string {
  if (kind === 'an option' && Object.hasOwn(defaultManagerConfig, name))
    return `${name} is not an option here: it is one of config`
  const meant = suggest(name, known)
  return `${name} is not ${kind}${meant === null ? '' : ` (did you mean ${meant}?)`}`
}
