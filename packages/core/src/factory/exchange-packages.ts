import { StreamError } from '../errors/stream-error.js'
import { findPackageEntry, type PackageEntry } from './find-package.js'

/** A package of exchanges that an application brings along, as a command does: it is found however packages are laid out, and loaded when it is named. */
export interface BroughtPackage {
  readonly name: string
  /** The exchanges it has: what a misspelled name may mean. */
  readonly exchanges: readonly string[]
  /** What it exports at one of its entries. */
  import(entry: PackageEntry): Promise<object>
}

/** What a package exports at one of its entries. */
export interface ImportedPackage {
  readonly packageName: string
  readonly exports: Readonly<Record<string, unknown>>
}

const brought = new Map<string, BroughtPackage>()

/** Makes a package known that the application has itself. A later one of the same name replaces it. */
export function bringPackage(own: BroughtPackage): void {
  brought.set(own.name, own)
}

/** The exchanges of the packages that were brought. */
export function broughtExchanges(): readonly string[] {
  return [...brought.values()].flatMap(({ exchanges }) => exchanges)
}

/** The packages in which an exchange is looked for, in this order: the one named, or the usual ones of its exchange. */
export function packageNames(exchange: string, packageName?: string): readonly [string, ...string[]] {
  const prefix = exchange.split('_', 1)[0] as string
  return packageName === undefined ? [`@tapewire/exchange-${prefix}`, `tapewire-exchange-${prefix}`] : [packageName]
}

/**
 * What the package of an exchange exports at one of its entries; null where none is there, or it has no such entry. At `./testing` it exports `emulations`.
 * Rejects with `ERR_EXCHANGE_NOT_INSTALLED` where it cannot be loaded.
 */
export async function importExchangePackage(
  exchange: string,
  entry: PackageEntry,
  packageName?: string,
): Promise<ImportedPackage | null> {
  for (const name of packageNames(exchange, packageName)) {
    try {
      const exports = await importEntry(name, entry)
      if (exports !== null) return { packageName: name, exports: { ...exports } }
    } catch (cause) {
      throw new StreamError('ERR_EXCHANGE_NOT_INSTALLED', `The package ${name} could not be loaded.`, {
        context: { Reason: wordsOf(cause) },
        hint: `Build it first where it is your own; otherwise install it anew: npm install ${name}`,
        cause,
      })
    }
  }
  return null
}

async function importEntry(name: string, entry: PackageEntry): Promise<object | null> {
  const own = brought.get(name)
  if (own !== undefined) return own.import(entry)
  const url = await findPackageEntry(name, entry)
  return url === null ? null : ((await import(url)) as object)
}

/** A package may throw anything, also what has no text. */
function wordsOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown)
  } catch {
    return 'it threw something that has no text'
  }
}
