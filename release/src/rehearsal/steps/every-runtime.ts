import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { succeed } from '../../command/run.js'
import { surroundings } from '../../command/surroundings.js'
import { checks } from '../../matrix/checks.js'
import { others } from '../../matrix/plain-folder.js'
import { runtimes } from '../../matrix/runtimes.js'
import { tryRuntimes } from '../../matrix/try-runtimes.js'
import { verdictOn } from '../../matrix/verdict.js'
import type { Step } from '../stage/stage.js'

/** What `npm run test:matrix` looks at, with the packages as they come from the registry. */
export const everyRuntime: Step = {
  title: 'what was published works on every version of Node, on Bun and on Deno',
  async run({ root, copy, environment, newFolder, show }) {
    // Those of the first release: whatever the steps beside this one publish later.
    const ours = [...copy.manifests().values()].map(({ name, version }) => [name, version])
    const plain = newFolder('plain')
    const dependencies = { ...Object.fromEntries(ours), ...others }
    const manifest = { name: 'plain', private: true, type: 'module', dependencies }
    writeFileSync(join(plain, 'package.json'), JSON.stringify(manifest))
    await succeed('npm', ['install', '--no-package-lock'], { cwd: plain, environment })
    const rows = await tryRuntimes({
      root,
      plain,
      folder: newFolder('certificate'),
      // The runtimes are not of the registry that is rehearsed with.
      environment: surroundings(),
      runtimes,
      checks,
      // That it is several times as much is seen at once; how much is what the matrix by itself is for.
      rounds: 1,
      tell: () => {},
    })
    const { text, code } = verdictOn(rows, process.env.CI === 'true')
    if (code === 0) {
      show(text)
      return
    }
    const faults = rows.flatMap(({ cells }) => cells.flatMap(({ fault }) => fault ?? []))
    throw new Error([text, ...faults].join('\n\n'))
  },
}
