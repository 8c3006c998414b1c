import { docsPage } from '../errors/docs-page.js'
import { StreamError } from '../errors/stream-error.js'
import { suggest } from '../errors/suggest.js'
import type { ExchangeDefinition } from '../strategy/exchange-definition.js'
import { broughtExchanges, type ImportedPackage, importExchangePackage, packageNames } from './exchange-packages.js'

/** A definition, whatever options its factories take. */
export type AnyExchangeDefinition = Pick<
  ExchangeDefinition,
  'name' | 'title' | 'channels' | 'limits' | 'endpoints' | 'public' | 'private' | 'listInstruments'
>

const registered = new Map<string, AnyExchangeDefinition>()

/** Makes an exchange known by its name, so that the factory finds it without importing a package. A later one of the same name replaces it. */
export function registerExchange(definition: AnyExchangeDefinition): void {
  assertDefinition(definition)
  registered.set(definition.name, definition)
}

/**
 * The definition an application means: the one it passes; or by name, registered, or exported as `exchanges` by a package it brings along or has installed.
 * `acme_spot` is looked for in `@tapewire/exchange-acme` and `tapewire-exchange-acme`, or in the package named by `packageName`.
 * Throws `ERR_EXCHANGE_NOT_INSTALLED` with how to find, install or write one, `ERR_UNKNOWN_EXCHANGE` where the package has no such exchange.
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
      hint: `${didYouMean(exchange, knownExchanges())}Names are lower case with underscores, the market last: acme_spot.`,
    })
  }
  const imported = await importExchangePackage(exchange, '.', packageName)
  if (imported !== null) return pick(exchange, imported)
  const names = packageNames(exchange, packageName)
  throw new StreamError('ERR_EXCHANGE_NOT_INSTALLED', `No installed package provides ${exchange}.`, {
    context: { 'Looked for': names.join(', ') },
    hint: `${didYouMean(exchange, knownExchanges())}${howToGet(names, packageName)}`,
  })
}

/** Whether a package of a usual name exists at all only the registry knows. */
function howToGet(names: readonly string[], packageName: string | undefined): string {
  if (packageName !== undefined) return `Install it: npm install ${packageName}`
  const here = knownExchanges()
  return [
    ...(here.length === 0 ? [] : [`Here without installing: ${here.join(', ')}.`]),
    `Where there is a package for it: npm install ${names.join(', or npm install ')}.`,
    'Which there are: npm search tapewire-exchange.',
    `To write one: ${docsPage('writing-an-adapter.md')}`,
  ].join(' ')
}

function pick(name: string, { packageName, exports }: ImportedPackage): AnyExchangeDefinition {
  const exchanges = Array.isArray(exports.exchanges) ? (exports.exchanges as readonly AnyExchangeDefinition[]) : []
  const found = exchanges.find((definition) => definition?.name === name)
  if (found !== undefined) {
    assertDefinition(found)
    return found
  }
  const names = exchanges.map((definition) => String(definition?.name))
  throw new StreamError('ERR_UNKNOWN_EXCHANGE', `The package ${packageName} has no exchange ${name}.`, {
    hint:
      names.length === 0
        ? 'A package of exchanges exports them as an array named exchanges.'
        : `${didYouMean(name, names)}It has ${names.join(', ')}.`,
  })
}

/** Exchanges that need no installing. */
function knownExchanges(): readonly string[] {
  return [...registered.keys(), ...broughtExchanges()]
}

/** A question with a blank behind it, where one of these may have been meant; empty otherwise. */
function didYouMean(name: string, names: readonly string[]): string {
  const meant = suggest(name, names) ?? names.find((known) => known.startsWith(`${name}_`)) ?? null
  return meant === null ? '' : `Did you mean ${meant}? `
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
