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
    if (typeof exchange?.name === 'string' && typeof exchange.public === 'function') return exchange
    throw new StreamError(
      'ERR_UNKNOWN_EXCHANGE',
      'What was given as the exchange is neither a name nor a definition.',
      {
        hint: 'Pass a definition that an adapter exports, or its name.',
      },
    )
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
    const entry = await findPackageEntry(candidate)
    if (entry !== null) return pick(exchange, candidate, await importExchanges(candidate, entry))
  }
  throw new StreamError('ERR_EXCHANGE_NOT_INSTALLED', `No installed package provides ${exchange}.`, {
    context: { 'Looked for': candidates.join(', ') },
    hint: `Install it: npm install ${candidates[0]}`,
  })
}

async function importExchanges(packageName: string, entry: string): Promise<readonly AnyExchangeDefinition[]> {
  let exports: { exchanges?: unknown }
  try {
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
  const found = exchanges.find((definition) => definition.name === name)
  if (found !== undefined) return found
  const names = exchanges.map((definition) => definition.name)
  const meant = suggest(name, names)
  throw new StreamError('ERR_UNKNOWN_EXCHANGE', `The package ${packageName} has no exchange ${name}.`, {
    hint:
      names.length === 0
        ? 'A package of exchanges exports them as an array named exchanges.'
        : `${meant === null ? '' : `Did you mean ${meant}? `}It has ${names.join(', ')}.`,
  })
}
