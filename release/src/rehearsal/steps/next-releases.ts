import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../../command/run.js'
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
      // What the guide for contributors asks of the change that makes the next minor.
      for (const [folder, { peerDependencies }] of copy.manifests()) {
        if (peerDependencies === undefined) continue
        const peers = Object.keys(peerDependencies as Record<string, string>).filter(
          (name) => name === '@tapewire/core' || name === '@tapewire/testkit',
        )
        const raised = Object.fromEntries(peers.map((name) => [name, range]))
        copy.changeManifest(folder, (manifest) => ({
          ...manifest,
          peerDependencies: { ...(peerDependencies as object), ...raised },
        }))
      }
      addChangeset(stage, 'next-minor', {
        '@tapewire/core': 'minor',
        '@tapewire/testkit': 'minor',
        '@tapewire/exchange-gateio': 'patch',
        '@tapewire/exchange-mexc': 'patch',
      })
      await copy.run('npm', ['run', 'release:version'])
      const after = versionsOf(stage)
      for (const [name, version] of after) {
        if (version === before.get(name)) throw new Error(`${name} stayed at ${version}, and stands on an older core.`)
        if (!version.startsWith('0.')) throw new Error(`${name} became ${version}.`)
      }
      if (after.get('@tapewire/core') !== core)
        throw new Error(`Core became ${after.get('@tapewire/core')}, not ${core}.`)
      await copy.run('npx', ['-y', 'pnpm@10.34.9', 'install', '--no-frozen-lockfile', '--prefer-offline'])
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
    title: 'an adapter of the release before is refused beside the new core',
    async run(stage) {
      const published = await stage.registry.find('@tapewire/exchange-gateio')
      const [oldest = ''] = Object.keys(published?.versions ?? {})
      const folder = stage.newFolder('old-adapter')
      const dependencies = {
        '@tapewire/core': stage.copy.manifest('core').version,
        '@tapewire/exchange-gateio': oldest,
      }
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'old-adapter', private: true, dependencies }))
      await fail('npm', ['install', '--no-package-lock'], /ERESOLVE/, { cwd: folder, environment: stage.environment })
    },
  },
]
