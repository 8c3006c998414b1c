import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail, succeed } from '../../command/run.js'
import { pnpmOf } from '../../command/surroundings.js'
import type { Stage, Step } from '../stage/stage.js'
import { publishAll } from './publish.js'

/** What the registry does not have yet in the version of the tree, by package. */
function versionsOf({ copy }: Stage): ReadonlyMap<string, string> {
  return new Map([...copy.manifests().values()].map(({ name, version }) => [name, version]))
}

function assertMoved(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  expected: Readonly<Record<string, string>>,
): void {
  const moved = [...after].filter(([name, version]) => before.get(name) !== version)
  const found = JSON.stringify(Object.fromEntries(moved.sort()))
  const meant = JSON.stringify(Object.fromEntries(Object.entries(expected).sort()))
  if (found !== meant) throw new Error(`Moved were ${found}, and should have been ${meant}.`)
}

function addChangeset({ copy }: Stage, name: string, bumps: Readonly<Record<string, 'patch' | 'minor'>>): void {
  const lines = Object.entries(bumps).map(([packageName, bump]) => `'${packageName}': ${bump}`)
  copy.write(`.changeset/${name}.md`, `---\n${lines.join('\n')}\n---\n\nWhat changed in ${name}.\n`)
}

/** The next minor of a version below 1.0. */
function nextMinor(version: string): string {
  const [major = '0', minor = '0'] = version.split('.')
  return `${major}.${Number(minor) + 1}.0`
}

function nextPatch(version: string): string {
  const [major = '0', minor = '0', patch = '0'] = version.split('.')
  return `${major}.${minor}.${Number(patch) + 1}`
}

/** A change between core and adapters that is no mere addition, as far as a version goes: in core, and in each adapter that is published. */
function raiseContract({ copy }: Stage): void {
  const core = 'packages/core/src/strategy/strategy-set.ts'
  const [, now = ''] = /contractVersion: ContractVersion = (\d+)/.exec(copy.read(core)) ?? []
  const next = String(Number(now) + 1)
  const replaced = (path: string, pattern: RegExp): void => {
    const before = copy.read(path)
    const after = before.replace(pattern, (_, words: string) => words + next)
    if (after === before) throw new Error(`${path} does not name the version of the contract.`)
    copy.write(path, after)
  }
  replaced(core, /(type ContractVersion = |contractVersion: ContractVersion = )\d+/g)
  for (const adapter of ['exchange-gateio', 'exchange-mexc']) {
    replaced(`packages/${adapter}/src/spot/definition.ts`, /(contract: )\d+/g)
  }
}

/** A folder that asks for the adapter's first release beside the newest core. */
async function oldAdapterBesideNewCore(stage: Stage): Promise<string> {
  const published = await stage.registry.find('@tapewire/exchange-gateio')
  const [oldest = ''] = Object.keys(published?.versions ?? {})
  const folder = stage.newFolder('old-adapter')
  const dependencies = {
    '@tapewire/core': stage.copy.manifest('core').version,
    '@tapewire/exchange-gateio': oldest,
  }
  const manifest = { name: 'old-adapter', private: true, type: 'module', dependencies }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  return folder
}

/** Somebody who builds a feed, and does not get so far as to connect: nobody listens where it would. */
const refused = `import { createPublicExchange } from '@tapewire/core'

await createPublicExchange({
  exchange: 'gateio_spot',
  symbols: ['BTC/USDT'],
  channels: ['trades'],
  options: { url: 'ws://127.0.0.1:9/', restUrl: 'http://127.0.0.1:9' },
})
`

/** What follows on the first release. */
export const nextReleases: readonly Step[] = [
  {
    title: 'a patch of one exchange moves that package alone',
    async run(stage) {
      const before = versionsOf(stage)
      const name = '@tapewire/exchange-gateio'
      addChangeset(stage, 'patched-exchange', { [name]: 'patch' })
      await stage.copy.run('npm', ['run', 'release:version'])
      assertMoved(before, versionsOf(stage), { [name]: nextPatch(before.get(name) ?? '') })
      await stage.copy.commit('a patch')
      await publishAll(stage)
    },
  },
  {
    title: 'the next minor of core moves all that stand on it, with ranges that fit it',
    async run(stage) {
      const { copy } = stage
      const before = versionsOf(stage)
      const core = nextMinor(before.get('@tapewire/core') ?? '')
      const range = `>=${core} <${nextMinor(core)}`
      const bumps: Record<string, 'patch' | 'minor'> = { '@tapewire/core': 'minor', '@tapewire/testkit': 'minor' }
      // What the guide for contributors asks of the change that makes the next minor.
      for (const [folder, { name, peerDependencies }] of copy.manifests()) {
        if (peerDependencies === undefined) continue
        const peers = Object.keys(peerDependencies as Record<string, string>).filter(
          (name) => name === '@tapewire/core' || name === '@tapewire/testkit',
        )
        if (peers.length > 0) bumps[name] ??= 'patch'
        const raised = Object.fromEntries(peers.map((name) => [name, range]))
        copy.changeManifest(folder, (manifest) => ({
          ...manifest,
          peerDependencies: { ...(peerDependencies as object), ...raised },
        }))
      }
      raiseContract(stage)
      addChangeset(stage, 'next-minor', bumps)
      await copy.run('npm', ['run', 'release:version'])
      const after = versionsOf(stage)
      for (const [name, version] of after) {
        if (version === before.get(name)) throw new Error(`${name} stayed at ${version}, and stands on an older core.`)
        if (!version.startsWith('0.')) throw new Error(`${name} became ${version}.`)
      }
      if (after.get('@tapewire/core') !== core)
        throw new Error(`Core became ${after.get('@tapewire/core')}, not ${core}.`)
      const [command, pnpm] = pnpmOf(stage.root)
      await copy.run(command, [pnpm, 'install', '--no-frozen-lockfile', '--prefer-offline'])
      await copy.commit('a minor')
      await publishAll(stage)
      const published = await stage.registry.find('@tapewire/exchange-gateio')
      const { peerDependencies } = (published?.versions[after.get('@tapewire/exchange-gateio') ?? ''] ?? {}) as {
        readonly peerDependencies?: Readonly<Record<string, string>>
      }
      if (peerDependencies?.['@tapewire/core'] !== range) {
        throw new Error(`The adapter asks for core ${peerDependencies?.['@tapewire/core']}, not ${range}.`)
      }
    },
  },
  {
    title: 'npm refuses an adapter of the release before beside the new core',
    async run(stage) {
      const folder = await oldAdapterBesideNewCore(stage)
      await fail('npm', ['install', '--no-package-lock'], /ERESOLVE/, { cwd: folder, environment: stage.environment })
    },
  },
  {
    title:
      'where npm is told not to look, core refuses it before anything connects, and says which of the two is older',
    async run(stage) {
      const cwd = await oldAdapterBesideNewCore(stage)
      const here = { cwd, environment: stage.environment, timeoutMs: 60_000 }
      await succeed('npm', ['install', '--no-package-lock', '--legacy-peer-deps'], here)
      writeFileSync(join(cwd, 'feed.mjs'), refused)
      const said =
        /written for version \d+ of the strategy contract; this core has version \d+\. +\[ERR_INVALID_STRATEGY\]/
      await fail(process.execPath, ['feed.mjs'], said, here)
    },
  },
]
