import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { home } from '../packages.mjs'

/** `lerna publish` takes these out of each manifest before it packs it. */
const stripped = JSON.parse(readFileSync(join(home, 'lerna.json'), 'utf8')).command?.publish?.stripPackageKeys ?? []
/** Ranges that no registry knows. */
const ofTheWorkspace = /^(workspace|file|link|catalog):/

/** What is wrong with the ranges of a manifest, as it is in the workspace, once it is published. */
export function faultsOfManifest(source) {
  return ['dependencies', 'peerDependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) =>
    Object.entries(source[kind] ?? {}).flatMap(([name, range]) => {
      if (stripped.includes(kind) || !ofTheWorkspace.test(range)) return []
      // Here a version takes its place when it is published.
      if (kind === 'dependencies' && range.startsWith('workspace:')) return []
      // Of a peer it would be the newest patch alone, and each release of core a major one of all that stand on it.
      return [`${kind} has ${name} at ${range}, and would be published with it: write the range out`]
    }),
  )
}
