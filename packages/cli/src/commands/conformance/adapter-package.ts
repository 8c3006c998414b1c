import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type AnyExchangeDefinition, StreamError } from '@tapewire/core'
import { importExchangePackage, type PackageEntry, suggest } from '@tapewire/core/adapter'
import type { ExchangeEmulation, Subject } from '@tapewire/testkit'
import { CliError } from '../../cli-error.js'
import type { CommandContext } from '../../command-context.js'
import { ownPackageNames } from '../../exchanges/own-packages.js'
import { thrownText } from '../../thrown-text.js'
import { loadGuest } from './load-guest.js'

/**
 * What there is to check of a package, which is named or whose folder is: each of its exchanges, or the one of this name, with its emulation where it has one.
 * Rejects with `ERR_PACKAGE_NOT_FOUND`, `ERR_PACKAGE_NOT_BUILT` or `ERR_NO_EXCHANGES`, with `ERR_UNKNOWN_EXCHANGE` where it has none of this name, and with
 * `ERR_EXCHANGE_NOT_INSTALLED` where it cannot be loaded, and with `ERR_PACKAGE_BROKEN` where it is never done loading, or two of its exchanges have one name.
 */
export async function subjectsOf(
  given: string,
  exchange: string | undefined,
  context: Pick<CommandContext, 'admitGuest' | 'signal' | 'io'>,
): Promise<readonly Subject[]> {
  const found = isPath(given) ? ofFolder(resolve(process.cwd(), given)) : ofName(given)
  const load = (entry: PackageEntry): Promise<object | null> => {
    context.io.onNews?.({ kind: 'loading', packageName: found.name })
    return loadGuest(found.name, () => found.import(entry), context.signal)
  }
  context.admitGuest(found.name)
  const exchanges = definitionsIn(found.name, await load('.'))
  if (exchanges.length === 0) {
    throw new CliError(
      'ERR_NO_EXCHANGES',
      `The package ${found.name} exports no exchange.`,
      'Its main entry exports every definition in an array: export const exchanges = [acmeSpot].',
    )
  }
  const chosen = exchange === undefined ? exchanges : exchanges.filter(({ name }) => name === exchange)
  if (chosen.length === 0) throw unknownExchange(found.name, exchange ?? '', exchanges)
  const emulations = listIn<ExchangeEmulation>(await load('./testing'), 'emulations')
  return chosen.map((definition) => ({
    exchange: definition,
    venue: emulations.find((emulation) => emulation?.exchange === definition.name) ?? null,
    packageFolder: found.folder,
  }))
}

interface FoundPackage {
  readonly name: string
  readonly folder: string | null
  /** What it exports at an entry; null where it has no such entry. */
  import(entry: PackageEntry): Promise<object | null>
}

function isPath(given: string): boolean {
  return given.startsWith('.') || isAbsolute(given) || (!given.startsWith('@') && /[\\/]/.test(given))
}

function ofName(name: string): FoundPackage {
  const isOwn = ownPackageNames.includes(name)
  const folder = isOwn ? ownFolder(name) : installedFolder(name)
  if (folder === null && !isOwn) {
    throw new CliError(
      'ERR_PACKAGE_NOT_FOUND',
      `The package ${name} is not installed where the command runs.`,
      `Install it, or name its folder: tapewire conformance ./${name.replace(/^@[^/]*\//, '')}`,
    )
  }
  if (folder !== null && !isOwn) assertBuilt(folder, name)
  return {
    name,
    folder,
    import: async (entry) => (await importExchangePackage(name, entry, name))?.exports ?? null,
  }
}

function ofFolder(folder: string): FoundPackage {
  if (!existsSync(join(folder, 'package.json'))) {
    throw new CliError(
      'ERR_PACKAGE_NOT_FOUND',
      `There is no package in ${folder}.`,
      'Name the folder in which its package.json is, or the package itself where it is installed.',
    )
  }
  const name = manifestIn(folder).name ?? folder
  assertBuilt(folder, name)
  return { name, folder, import: (entry) => importFile(folder, entry) }
}

async function importFile(folder: string, entry: PackageEntry): Promise<object | null> {
  const target = targetOf(folder, entry)
  if (target === null) return null
  return (await import(pathToFileURL(join(folder, target)).href)) as object
}

function assertBuilt(folder: string, name: string): void {
  const missing = (['.', './testing'] as const)
    .map((entry) => targetOf(folder, entry))
    .find((target) => target !== null && !existsSync(join(folder, target)))
  if (missing === undefined || missing === null) return
  throw new CliError(
    'ERR_PACKAGE_NOT_BUILT',
    `The package ${name} is not built: there is no ${missing}.`,
    'Build it first: npm run build',
  )
}

/** Where a package is installed for the folder in which the command runs; null where it is not. */
function installedFolder(name: string): string | null {
  for (let start = process.cwd(); ; start = dirname(start)) {
    const folder = join(start, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(start) === start) return null
  }
}

/** Where the command has a package that it brings along. */
function ownFolder(name: string): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
  } catch {
    return null
  }
}

interface Manifest {
  readonly name?: string
  readonly main?: string
  readonly exports?: unknown
}

function manifestIn(folder: string): Manifest {
  const file = join(folder, 'package.json')
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof manifest !== 'object' || manifest === null) throw new TypeError('it is not an object')
    return manifest as Manifest
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CliError(
      'ERR_PACKAGE_NOT_FOUND',
      `${file} cannot be read: ${reason}.`,
      'It has to be a manifest, as npm init writes one.',
    )
  }
}

/** The file of an entry that `import` loads; null where there is no such entry. */
function targetOf(folder: string, entry: PackageEntry): string | null {
  const { exports, main } = manifestIn(folder)
  if (entry === '.') return importTarget(exports) ?? main ?? 'index.js'
  return importTarget(fieldOf(exports, entry))
}

function importTarget(exports: unknown): string | null {
  if (typeof exports === 'string') return exports
  for (const condition of ['.', 'node', 'import', 'module-sync', 'default']) {
    const file = importTargetOrNull(fieldOf(exports, condition))
    if (file !== null) return file
  }
  return null
}

function importTargetOrNull(value: unknown): string | null {
  return value === undefined ? null : importTarget(value)
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

function definitionsIn(packageName: string, exported: object | null): readonly AnyExchangeDefinition[] {
  const definitions = readable(packageName, () =>
    listIn<AnyExchangeDefinition>(exported, 'exchanges').filter(
      (definition) => typeof definition?.name === 'string' && typeof definition.public === 'function',
    ),
  )
  const names = definitions.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return definitions
  throw new CliError(
    'ERR_PACKAGE_BROKEN',
    `The package ${packageName} exports two exchanges of the name ${twice}: the second can never be found.`,
    'Give each a name of its own, or export it once.',
  )
}

/** What is read of a package's exports, whose getters may throw. */
function readable<Value>(packageName: string, read: () => Value): Value {
  try {
    return read()
  } catch (thrown) {
    throw new CliError(
      'ERR_PACKAGE_BROKEN',
      `What the package ${packageName} exports cannot be read: ${thrownText(thrown)}.`,
      'A definition is an object of plain values: its name and the others are no getters that throw.',
    )
  }
}

function listIn<Item>(exported: object | null, name: string): readonly Item[] {
  const list = fieldOf(exported, name)
  return Array.isArray(list) ? (list as readonly Item[]) : []
}

function unknownExchange(
  packageName: string,
  exchange: string,
  exchanges: readonly AnyExchangeDefinition[],
): StreamError {
  const names = exchanges.map(({ name }) => name)
  const meant = suggest(exchange, names)
  return new StreamError('ERR_UNKNOWN_EXCHANGE', `The package ${packageName} has no exchange ${exchange}.`, {
    hint: `${meant === null ? '' : `Did you mean ${meant}? `}It has ${names.join(', ')}.`,
  })
}
