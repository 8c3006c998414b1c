import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'
import type { ExchangeDefinition } from '../strategy/exchange-definition.js'
import { findPackageEntry } from './find-package.js'

/** A definition, whatever options its factories take. */
export type AnyExchangeDefinition = Pick<
  ExchangeDefinition,
  'name' | 'title' | 'channels' | 'limits' | 'endpoints' | 'public' | 'private'
>

const registered = new Map<string, AnyExchangeDefinition>()

/** Makes an exchange known by its name, so that the factory finds it without importing a package. A later one of the same name replaces it. */
export function registerExchange(definition: AnyExchangeDefinition): void {
  assertDefinition(definition)
  registered.set(definition.name, definition)
}

/**
 * The definition an application means: the one it passes; or by name, registered or exported by an installed package as `exchanges`.
 * `acme_spot` is looked for in `@tapewire/exchange-acme` and `tapewire-exchange-acme`, or in the package named by `packageName`.
 * Throws `ERR_EXCHANGE_NOT_INSTALLED` with the command that installs it, `ERR_UNKNOWN_EXCHANGE` where the package has no such exchange.
 */
export async function resolveExchange(
  exchange: AnyExchangeDefinition | string,
  packageName?: string,
): Promise<AnyExchangeDefinition> {
  if (typeof exchange !== 'string') {
    assertDefinition(exchange)
    return exchange
  }
  const known = registered.get(exchange)
  if (known !== undefined) return known
  if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(exchange)) {
    throw new StreamError('ERR_UNKNOWN_EXCHANGE', `${JSON.stringify(exchange)} is not the name of an exchange.`, {
      hint: 'Names are lower case with underscores, the market last: acme_spot.',
    })
  }
  const venue = exchange.split('_')[0] as string
  const candidates =
    packageName === undefined ? [`@tapewire/exchange-${venue}`, `tapewire-exchange-${venue}`] : [packageName]
  for (const candidate of candidates) {
    const exchanges = await importExchanges(candidate)
    if (exchanges !== null) return pick(exchange, candidate, exchanges)
  }
  throw new StreamError('ERR_EXCHANGE_NOT_INSTALLED', `No installed package provides ${exchange}.`, {
    context: { 'Looked for': candidates.join(', ') },
    hint: `Install it: npm install ${candidates[0]}`,
  })
}

/** What an installed package exports as `exchanges`; null where it is not installed. */
async function importExchanges(packageName: string): Promise<readonly AnyExchangeDefinition[] | null> {
  let exports: { exchanges?: unknown }
  try {
    const entry = await findPackageEntry(packageName)
    if (entry === null) return null
    exports = (await import(entry)) as { exchanges?: unknown }
  } catch (cause) {
    throw new StreamError('ERR_EXCHANGE_NOT_INSTALLED', `The package ${packageName} could not be loaded.`, {
      hint: `Install it anew: npm install ${packageName}`,
      cause,
    })
  }
  return Array.isArray(exports.exchanges) ? exports.exchanges : []
}

function pick(name: string, packageName: string, exchanges: readonly AnyExchangeDefinition[]): AnyExchangeDefinition {
  const found = exchanges.find((definition) => definition?.name === name)
  if (found !== undefined) {
    assertDefinition(found)
    return found
  }
  const names = exchanges.map((definition) => String(definition?.name))
  const meant = suggest(name, names)
  throw new StreamError('ERR_UNKNOWN_EXCHANGE', `The package ${packageName} has no exchange ${name}.`, {
    hint:
      names.length === 0
        ? 'A package of exchanges exports them as an array named exchanges.'
        : `${meant === null ? '' : `Did you mean ${meant}? `}It has ${names.join(', ')}.`,
  })
}

/** Throws `ERR_UNKNOWN_EXCHANGE`, naming everything that keeps it from being a definition. */
function assertDefinition(
  given: Partial<AnyExchangeDefinition> | null | undefined,
): asserts given is AnyExchangeDefinition {
  const faults = [
    typeof given?.name === 'string' ? null : 'name is not a text',
    typeof given?.title === 'string' ? null : 'title is not a text',
    Array.isArray(given?.channels) ? null : 'channels is not a list',
    typeof given?.public === 'function' ? null : 'public is not a function',
    given?.private === undefined || typeof given.private === 'function' ? null : 'private is not a function',
  ].filter((fault) => fault !== null)
  if (faults.length === 0) return
  throw new StreamError('ERR_UNKNOWN_EXCHANGE', `This is neither an exchange nor its name: ${faults.join('; ')}.`, {
    hint: 'Pass a definition that an adapter exports, or its name.',
  })
}
