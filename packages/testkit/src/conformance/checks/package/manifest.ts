import { createRequire } from 'node:module'
import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue } from '../../check-failure.js'
import { type PackageFolder, packageOf } from '../../package/package-folder.js'
import { admits, versionOf } from '../../package/version-range.js'

const file = 'package.json'
const docs = 'writing-an-adapter.md#build-and-publish'

/** What the manifest of an adapter's package says. */
export const manifestChecks: readonly ConformanceCheck[] = [
  {
    id: 'package.name',
    title: 'the package is found by the name of its exchange',
    level: 'should',
    needs: ['package'],
    file,
    docs,
    run(lab) {
      const [prefix] = lab.definition.name.split('_')
      const usual = [`@tapewire/exchange-${prefix}`, `tapewire-exchange-${prefix}`]
      const { name = '' } = packageOf(lab).manifest
      expectTrue(usual.includes(name), 'the package is found only by who names it: packageName, or --package', {
        expected: usual,
        got: name,
      })
    },
  },
  {
    id: 'package.modules',
    title: 'the package is one of ES modules, with a version, a licence and the Node it needs',
    level: 'must',
    needs: ['package'],
    file,
    docs,
    run(lab) {
      const { type, version = '', engines, license } = packageOf(lab).manifest
      expectEqual(type, 'module', 'core is ES modules alone, and so is what imports it: "type" is not module')
      expectTrue(versionOf(version) !== null, 'the package has no version', { got: version })
      expectTrue(typeof engines?.node === 'string', 'the package does not say which Node it needs', {
        expected: '"engines": { "node": ">=20.19" }',
        got: engines,
      })
      expectTrue(typeof license === 'string' && license !== '', 'the package has no licence', { got: license })
    },
  },
  {
    id: 'package.entries',
    title:
      'there are entries for the exchange, for its emulation and for the manifest, and each names its declarations first',
    level: 'must',
    needs: ['package'],
    file,
    docs,
    run(lab) {
      const folder = packageOf(lab)
      const wanted = ['.', ...(lab.emulation === null ? [] : ['./testing']), './package.json']
      const names = folder.entries.map(({ name }) => name)
      const missing = wanted.filter((name) => !names.includes(name))
      expectEqual(missing, [], `exports has no ${missing.join(', ')}`, { got: names })
      for (const { name, conditions } of folder.entries) {
        if (name === './package.json') continue
        expectEqual(
          conditions[0]?.[0],
          'types',
          `the entry ${name} does not name its declarations first, so that compilers may take another file`,
          { got: conditions },
        )
        expectTrue(
          conditions.some(([condition]) => condition === 'default'),
          `the entry ${name} has no default: one of import and require() would not find it`,
          { got: conditions },
        )
      }
    },
  },
  {
    id: 'package.published-files',
    title: 'what the entries name is published',
    level: 'must',
    needs: ['package'],
    file,
    docs,
    run(lab) {
      const folder = packageOf(lab)
      const { files } = folder.manifest
      if (files === undefined) return
      const published = files.map((path) => path.replace(/^\.\//, '').replace(/\/(\*\*?(\/\*)?)?$/, ''))
      for (const { name, conditions } of folder.entries) {
        for (const [, target] of conditions) {
          const path = target.replace(/^\.\//, '')
          const isIn = path === 'package.json' || published.some((part) => path === part || path.startsWith(`${part}/`))
          expectTrue(isIn, `the entry ${name} names ${target}, which is not published`, {
            expected: `${path.split('/')[0]} in files`,
            got: files,
          })
        }
      }
    },
  },
  {
    id: 'package.core-is-a-peer',
    title: 'core is a peer, so that adapter and application share one; so is the testkit, which only tests need',
    level: 'must',
    needs: ['package'],
    file,
    docs,
    run(lab) {
      const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = packageOf(lab).manifest
      const own = ['@tapewire/core', '@tapewire/testkit'].filter((name) => name in dependencies)
      expectEqual(own, [], `${own.join(' and ')} would be installed a second time beside the application’s own`)
      expectTrue('@tapewire/core' in peerDependencies, '@tapewire/core is no peer', { got: peerDependencies })
      if (lab.emulation === null || !('@tapewire/testkit' in peerDependencies)) return
      expectEqual(
        peerDependenciesMeta['@tapewire/testkit']?.optional,
        true,
        'whoever installs the adapter must install the testkit too: that peer is not optional',
      )
    },
  },
  {
    id: 'package.core-range',
    title: 'the range of core has the core that is here in it, and none that nobody has tried',
    level: 'must',
    needs: ['package'],
    file,
    docs,
    run(lab) {
      const folder = packageOf(lab)
      const range = folder.manifest.peerDependencies?.['@tapewire/core'] ?? ''
      const core = coreVersion(folder)
      const [major, minor] = versionOf(core) ?? [0, 0, 0]
      const details = { expected: `a range such as ^${core}`, got: range }
      const isIn = admits(range, core)
      expectTrue(isIn !== null, 'the range of @tapewire/core cannot be read', details)
      // Of a core that was never published there is no range.
      if (core !== '0.0.0')
        expectTrue(isIn, `the range of @tapewire/core leaves out the one that is here, ${core}`, details)
      const later = major === 0 ? [`0.${minor + 2}.0`, '1.0.0'] : [`${major + 2}.0.0`]
      for (const version of later) {
        expectTrue(
          admits(range, version) === false,
          `the range of @tapewire/core admits ${version}, of which nobody knows whether it fits`,
          details,
        )
      }
    },
  },
]

/** The version of the core that the package would load. */
function coreVersion(folder: PackageFolder): string {
  const own = createRequire(import.meta.url)
  const manifest = (folder.require('@tapewire/core/package.json') ?? own('@tapewire/core/package.json')) as {
    readonly version: string
  }
  return manifest.version
}
