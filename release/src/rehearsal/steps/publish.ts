import type { Stage, Step } from '../stage/stage.js'

/** Versions, builds and sends whatever the registry does not have in that version. */
export async function publishAll({ copy, registry }: Stage): Promise<void> {
  await copy.run('npm', ['run', 'release:publish', '--', '--registry', registry.url])
  for (const { name, version } of copy.manifests().values()) {
    const published = (await registry.find(name))?.versions[version]
    if (published === undefined) throw new Error(`${name} ${version} is not in the registry.`)
    if (JSON.stringify(published).includes('workspace:')) {
      throw new Error(`${name} ${version} was published with a workspace: range.`)
    }
    // What a package is developed with, and how, is nobody's who installs it.
    const { devDependencies = {}, scripts = {} } = published as Readonly<Record<string, object>>
    const left = [...Object.keys(devDependencies), ...Object.keys(scripts)]
    if (left.length > 0) throw new Error(`${name} ${version} was published with ${left.join(', ')}.`)
  }
}

/** All that the registry has: `name@version`. */
async function releasesOf({ copy, registry }: Stage): Promise<ReadonlySet<string>> {
  const found = await Promise.all([...copy.manifests().values()].map(({ name }) => registry.find(name)))
  return new Set(
    found.flatMap((one, index) => {
      const name = [...copy.manifests().values()][index]?.name ?? ''
      return Object.keys(one?.versions ?? {}).map((version) => `${name}@${version}`)
    }),
  )
}

/** One command that sends what changesets have versioned. */
export const publish: readonly Step[] = [
  { title: 'every package is built, checked and published', run: publishAll },
  {
    title: 'publishing again does nothing',
    async run(stage) {
      const before = await releasesOf(stage)
      await publishAll(stage)
      const added = [...(await releasesOf(stage))].filter((release) => !before.has(release))
      if (added.length > 0) throw new Error(`It published ${added.join(', ')}.`)
    },
  },
]
