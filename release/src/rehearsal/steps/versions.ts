import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Step } from '../stage/stage.js'

/** What changesets make of the changes since the last release. */
export const versions: readonly Step[] = [
  {
    title: 'the changesets become versions and changelogs, and none is left',
    async run({ copy }) {
      const before = copy.manifests()
      await copy.run('npm', ['run', 'release:version'])
      for (const [folder, { name, version }] of copy.manifests()) {
        if (version === before.get(folder)?.version) throw new Error(`${name} is still ${version}.`)
        if (!/^0\.\d+\.\d+$/.test(version)) throw new Error(`${name} became ${version}, which is no 0.x release.`)
        if (!copy.read(`packages/${folder}/CHANGELOG.md`).includes(`## ${version}`)) {
          throw new Error(`The changelog of ${name} does not have ${version}.`)
        }
      }
      const left = readdirSync(join(copy.folder, '.changeset')).filter(
        (file) => file.endsWith('.md') && file !== 'README.md',
      )
      if (left.length > 0) throw new Error(`Changesets are left: ${left.join(', ')}.`)
      await copy.commit('versions')
    },
  },
]
