import type { ConformanceCheck } from '../../check.js'
import { expectEqual, expectTrue } from '../../check-failure.js'
import { loadEntries } from '../../package/loaded-package.js'
import { packageOf } from '../../package/package-folder.js'
import { complaintsAbout, resolutions } from '../../package/typed-package.js'

const file = 'package.json'
const docs = 'writing-an-adapter.md#build-and-publish'

/** What was built of the package, as who installs it finds it. */
export const builtChecks: readonly ConformanceCheck[] = [
  {
    id: 'package.files-are-there',
    title: 'every file that the entries name is there, and so is a README',
    level: 'must',
    needs: ['package'],
    file,
    docs,
    run(lab) {
      const folder = packageOf(lab)
      folder.builtEntries()
      const named = folder.entries.flatMap(({ conditions }) => conditions.map(([, path]) => path))
      const missing = [...new Set(named)].filter((path) => !folder.has(path))
      expectEqual(missing, [], `exports names ${missing.join(', ')}, which is not there`)
      expectTrue(folder.has('README.md'), 'there is no README.md')
    },
  },
  {
    id: 'package.import-and-require',
    title: 'each entry is loaded by `import` and by `require()`, and has the exchange in its list',
    level: 'must',
    needs: ['package'],
    file: 'index.ts',
    docs,
    async run(lab) {
      const folder = packageOf(lab)
      const entries = folder.builtEntries().map(({ name }) => name)
      const { name } = lab.definition
      for (const { entry, how, exchanges, error } of await loadEntries(folder, entries)) {
        expectEqual(error, null, `${how} cannot load the entry ${entry}`, { file })
        if (entry !== '.' && entry !== './testing') continue
        const list = entry === '.' ? 'exchanges' : 'emulations'
        expectTrue(
          exchanges?.includes(name) === true,
          `the array ${list} of the entry ${entry} does not have ${name}, as ${how} finds it`,
          {
            expected: [name],
            got: exchanges,
            ...(entry === '.' ? {} : { file: 'testing/index.ts' }),
          },
        )
      }
    },
  },
  {
    id: 'package.types',
    title: 'its declarations are found and say what there is, under both ways in which compilers find modules',
    level: 'must',
    needs: ['package'],
    file,
    docs,
    run(lab) {
      const folder = packageOf(lab)
      const entries = folder.builtEntries()
      const { name = '' } = folder.manifest
      const code = [
        `import { exchanges } from '${name}'`,
        'type IsAny<Type> = 0 extends 1 & Type ? true : false',
        'type Exchange = (typeof exchanges)[number]',
        'const isKnown: IsAny<typeof exchanges> | IsAny<Exchange> | IsAny<ReturnType<Exchange["public"]>> = false',
        'const names: readonly string[] = exchanges.map((exchange) => exchange.name)',
        ...(entries.some((entry) => entry.name === './testing')
          ? [
              `import { emulations } from '${name}/testing'`,
              'const areKnown: IsAny<typeof emulations> | IsAny<(typeof emulations)[number]> = false',
              'void areKnown',
            ]
          : []),
        'void [isKnown, names]',
      ].join('\n')
      for (const resolution of resolutions) {
        const got = complaintsAbout(folder, code, resolution)
        expectEqual(
          got,
          [],
          `a program that imports the package does not compile under moduleResolution ${resolution.name}`,
        )
      }
    },
  },
]
