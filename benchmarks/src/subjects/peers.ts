import { existsSync, readFileSync } from 'node:fs'
import { packageFolder } from '../package-folder.js'

/** Clients that are compared with and never depended on: `npm run bench:peers` installs each into a folder of its own. */
export type PeerName = 'ccxt' | 'gateio-api' | 'tardis-dev'

export const peerNames: readonly PeerName[] = ['ccxt', 'gateio-api', 'tardis-dev']

/** `benchmarks/.peers/ccxt/` */
export function peerFolder(name: PeerName): URL {
  return new URL(`.peers/${name}/`, packageFolder)
}

/** The installed version; null where it is not installed. */
export function peerVersion(name: PeerName): string | null {
  const manifest = new URL(`node_modules/${name}/package.json`, peerFolder(name))
  if (!existsSync(manifest)) return null
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}

/** The module as its users import it; what it exports is for the caller to say. */
export async function importPeer<Module>(name: PeerName): Promise<Module> {
  const { peer } = (await import(new URL('entry.mjs', peerFolder(name)).href)) as { readonly peer: Module }
  return peer
}
