import { join } from 'node:path'
import { fail } from '../../command/run.js'
import type { Stage, Step } from '../stage/stage.js'
import type { Manifest, WorkspaceCopy } from '../stage/workspace-copy.js'

/** One way in which a package can be broken, and what the checks before publishing say of it. */
interface Breakage {
  readonly title: string
  readonly folder: string
  readonly break: (manifest: Manifest, copy: WorkspaceCopy) => object
  readonly says: RegExp
}

const breakages: readonly Breakage[] = [
  {
    title: 'a package whose files leave out what it exports is not let pass',
    folder: 'exchange-mexc',
    break: (manifest) => ({ ...manifest, files: ['README.md'] }),
    says: /dist\/index\.js is named, and not published/,
  },
  {
    title: 'a package whose exports lead nowhere is not let pass',
    folder: 'exchange-gateio',
    break: (manifest) => ({ ...manifest, exports: { '.': { types: './dist/main.d.ts', default: './dist/main.js' } } }),
    says: /dist\/main\.js is named, and not published/,
  },
  {
    title: 'a package with a workspace: range that nobody replaces is not let pass',
    folder: 'testkit',
    break: (manifest) => ({ ...manifest, peerDependencies: { '@tapewire/core': 'workspace:^' } }),
    says: /peerDependencies.*workspace:/,
  },
  {
    title: 'a package that would arrive with what it is developed with, workspace: ranges and all, is not let pass',
    folder: 'exchange-mexc',
    break(manifest, copy) {
      copy.write('lerna.json', copy.read('lerna.json').replace('"devDependencies",', ''))
      return manifest
    },
    says: /devDependencies.*workspace:/,
  },
  {
    title: 'a package that imports what its manifest does not ask for is not let pass',
    folder: 'core',
    break: ({ peerDependencies: _, peerDependenciesMeta: __, ...manifest }) => manifest,
    says: /@tapewire\/core\/prometheus does not run:[\s\S]*prom-client/,
  },
]

/** The checks before publishing, each shown to notice something. They look at what was built before. */
export const brokenPackages: readonly Step[] = breakages.map((breakage) => ({
  title: breakage.title,
  async run({ copy }: Stage) {
    copy.changeManifest(breakage.folder, (manifest) => breakage.break(manifest, copy))
    try {
      const cwd = join(copy.folder, 'packages', breakage.folder)
      await fail('npm', ['run', 'check:package'], breakage.says, { cwd, environment: copy.environment })
    } finally {
      await copy.reset()
    }
  },
}))
