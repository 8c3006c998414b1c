import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The entries of a package that core asks for: the package itself, and its emulations. */
export type PackageEntry = '.' | './testing'

/**
 * An entry of a package installed for the application, as a URL to import; null where it is not installed, or has no such entry. Rejects where its manifest
 * cannot be read.
 *
 * Core cannot import an adapter by name: package managers with strict layouts let a package see its own dependencies only, and adapters are the
 * application's. So the search starts where the application is: the working directory, then the script that was started.
 */
export async function findPackageEntry(name: string, entry: PackageEntry): Promise<string | null> {
  const script = process.argv[1]
  const starts = [process.cwd(), ...(script === undefined ? [] : [dirname(script)])]
  for (const start of starts) {
    const folder = findPackageFolder(name, start)
    if (folder !== null) return entryOf(folder, entry)
  }
  return null
}

function findPackageFolder(name: string, start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return candidate
    if (dirname(folder) === folder) return null
  }
}

async function entryOf(folder: string, entry: PackageEntry): Promise<string | null> {
  const { exports, main } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    exports?: unknown
    main?: string
  }
  const target = entry === '.' ? (importTarget(exports) ?? main ?? 'index.js') : importTarget(fieldOf(exports, entry))
  return target === null ? null : pathToFileURL(join(folder, target)).href
}

/** The file an `exports` field, or a part of one, names for `import`. */
function importTarget(exports: unknown): string | null {
  if (typeof exports === 'string') return exports
  for (const condition of ['.', 'node', 'import', 'module-sync', 'default']) {
    const target = fieldOf(exports, condition)
    const file = target === undefined ? null : importTarget(target)
    if (file !== null) return file
  }
  return null
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
