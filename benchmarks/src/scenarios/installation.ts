import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folderSize, importMilliseconds, installPackages, packPackage } from '../measure/installed-package.js'
import { type Contestant, interleave } from '../measure/interleave.js'
import { packageFolder } from '../package-folder.js'
import type { Column, Scenario } from '../scenario.js'
import { type PeerName, peerFolder, peerNames, peerVersion } from '../subjects/peers.js'

const columns: readonly Column[] = [
  { key: 'importMs', title: 'import, ms', decimals: 1 },
  { key: 'megabytes', title: 'installed, MB', decimals: 2 },
  { key: 'packages', title: 'packages', decimals: 0 },
  { key: 'files', title: 'files', decimals: 0 },
]

/** Our packages as their users get them: packed, and installed into an empty folder. */
const ours: readonly {
  readonly label: string
  readonly folders: readonly string[]
  readonly modules: readonly string[]
}[] = [
  {
    label: '@tapewire/core + @tapewire/exchange-gateio',
    folders: ['core', 'exchange-gateio'],
    modules: ['@tapewire/core', '@tapewire/exchange-gateio'],
  },
  {
    label: '@tapewire/core + @tapewire/exchange-mexc',
    folders: ['core', 'exchange-mexc'],
    modules: ['@tapewire/core', '@tapewire/exchange-mexc'],
  },
]

/** What a dependency on it costs before it does anything. */
export const installation: Scenario = {
  name: 'installation',
  title: 'Import time and installed size',
  async run(options) {
    const work = mkdtempSync(join(tmpdir(), 'tapewire-installation-'))
    try {
      const contestants = [
        ...ours.map((one, index) => installOurs(one, join(work, String(index)))),
        installWs(join(work, 'ws')),
        ...peerNames.map(peer),
      ]
      return {
        columns,
        rows: await interleave(contestants, options),
        notes: [
          'Ours are packed and installed into an empty folder, dependencies included. Each import is in a new process, the files being in the system’s cache.',
        ],
      }
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  },
}

function installOurs({ label, folders, modules }: (typeof ours)[number], target: string): Contestant {
  return installed(label, target, modules, () => {
    const packages = folders.map((name) => new URL(`../packages/${name}/`, packageFolder))
    installPackages(
      target,
      packages.map((folder) => packPackage(fileURLToPath(folder), target)),
    )
  })
}

function installWs(target: string): Contestant {
  const manifest = readFileSync(new URL('package.json', packageFolder), 'utf8')
  const version = (JSON.parse(manifest) as { readonly dependencies: { readonly ws: string } }).dependencies.ws
  return installed(`ws ${version}`, target, ['ws'], () => installPackages(target, [`ws@${version}`]))
}

function peer(name: PeerName): Contestant {
  const version = peerVersion(name)
  const folder = fileURLToPath(peerFolder(name))
  if (version === null)
    return { label: name, missing: 'npm run bench:peers installs it', measure: () => Promise.resolve({}) }
  return installed(`${name} ${version}`, folder, [name], () => {})
}

/** Installed once, before its first run, and imported in each. */
function installed(label: string, folder: string, modules: readonly string[], install: () => void): Contestant {
  let isInstalled = false
  return {
    label,
    missing: null,
    async measure() {
      if (!isInstalled) install()
      isInstalled = true
      const { bytes, packages, files } = folderSize(join(folder, 'node_modules'))
      return { importMs: importMilliseconds(folder, modules), megabytes: bytes / 1e6, packages, files }
    },
  }
}
