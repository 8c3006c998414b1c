import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fail, skip } from '../check-failure.js'
import type { Lab } from '../lab/lab.js'

/** What the checks read of a manifest; any of it may be missing, or something else. */
export interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly type?: string
  readonly license?: string
  readonly exports?: unknown
  readonly files?: readonly string[]
  readonly engines?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** One entry of `exports`: `./testing`, and the files that it names. */
export interface PackageEntry {
  readonly name: string
  /** By condition, in the order of the manifest; a file alone counts as `default`. */
  readonly conditions: readonly (readonly [condition: string, file: string])[]
}

/** The folder of a package, as what was built and installed. */
export class PackageFolder {
  readonly path: string
  readonly manifest: Manifest

  constructor(path: string) {
    this.path = path
    const file = join(path, 'package.json')
    try {
      this.manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
    } catch (cause) {
      fail(`the manifest of the package cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
        got: file,
      })
    }
  }

  get entries(): readonly PackageEntry[] {
    const { exports } = this.manifest
    if (typeof exports === 'string') return [entryOf('.', exports)]
    if (typeof exports !== 'object' || exports === null) return []
    const isMap = Object.keys(exports).every((key) => key.startsWith('.'))
    return isMap ? Object.entries(exports).map(([name, value]) => entryOf(name, value)) : [entryOf('.', exports)]
  }

  entry(name: string): PackageEntry | undefined {
    return this.entries.find((entry) => entry.name === name)
  }

  has(file: string): boolean {
    return existsSync(join(this.path, file))
  }

  /** The entries that hold code, once there is something to load. Ends the check where the package is not built. */
  builtEntries(): readonly PackageEntry[] {
    const entries = this.entries.filter(({ conditions }) => conditions.some(([, file]) => /\.[cm]?[jt]s$/.test(file)))
    const main = entries.find(({ name }) => name === '.')?.conditions.find(([condition]) => condition !== 'types')?.[1]
    if (main === undefined)
      fail('the package has no entry', { expected: '"exports": { ".": … }', got: this.manifest.exports })
    if (!this.has(main) || main.endsWith('.ts')) skip(`The package is not built: there is no ${main}.`)
    return entries
  }

  /** What the package itself would load under this name; null where it would find none. */
  require(name: string): unknown {
    for (const start of [this.path, process.cwd()]) {
      try {
        return createRequire(join(start, 'package.json'))(name)
      } catch {
        // The next place may have it.
      }
    }
    return null
  }
}

/** The package that is checked. */
export function packageOf({ subject }: Lab): PackageFolder {
  if (typeof subject.packageFolder !== 'string') skip('The folder of the package is not known.')
  return new PackageFolder(subject.packageFolder)
}

function entryOf(name: string, value: unknown): PackageEntry {
  return { name, conditions: filesOf('default', value) }
}

function filesOf(condition: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[condition, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => filesOf(name, part))
}
