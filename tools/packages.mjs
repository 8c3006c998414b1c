// The packages that are published, as their manifests tell of them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** This workspace. The checks can be pointed at another one, which is how they are tested. */
export const home = fileURLToPath(new URL('..', import.meta.url))

/** The package manager, to be run by Node: to have `npx` find it takes three times as long as what it is asked for. */
export const pnpm = join(home, 'node_modules/pnpm/bin/pnpm.cjs')

/** Each with its folder, its manifest, and the folder's name, which is short and has no scope: `core`, `exchange-gateio`. */
export function publishedPackages(root) {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((name) => {
      const folder = join(root, 'packages', name)
      return { name, folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }
    })
}

/** What a manifest lets others import: `.` and `./adapter`, each with its files. A command has none. */
export function entriesOf({ exports = {} }) {
  return Object.entries(exports)
    .filter(([, files]) => typeof files === 'object')
    .map(([path, { types, default: script }]) => ({ path, types, script }))
}
