import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * The entry of a package installed for the application, as a URL to import; null where it is not installed.
 *
 * Core cannot import an adapter by name: package managers with strict layouts let a package see its own dependencies only, and adapters are the
 * application's. So the search starts where the application is: the working directory, then the script that was started.
 */
export async function findPackageEntry(name: string): Promise<string | null> {
  const script = process.argv[1]
  const starts = [process.cwd(), ...(script === undefined ? [] : [dirname(script)])]
  for (const start of starts) {
    const folder = findPackageFolder(name, start)
    if (folder !== null) return entryOf(folder)
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

async function entryOf(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    exports?: unknown
    main?: string
  }
  const entry = importTarget(manifest.exports) ?? manifest.main ?? 'index.js'
  return pathToFileURL(join(folder, entry)).href
}

/** The file an `exports` field names for `import` of the package itself. */
function importTarget(exports: unknown): string | null {
  if (typeof exports === 'string') return exports
  if (typeof exports !== 'object' || exports === null) return null
  const conditions = exports as Record<string, unknown>
  for (const condition of ['.', 'node', 'import', 'module-sync', 'default']) {
    const target = importTarget(conditions[condition])
    if (target !== null) return target
  }
  return null
}
