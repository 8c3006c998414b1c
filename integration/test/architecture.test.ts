import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { CORE_LAYERS, RULES } from '../src/architecture.js'
import { findViolations } from '../src/find-violations.js'
import { placeOf, readSources } from '../src/source-files.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Reading 700 files takes 2 s of a processor, of which there may be little, ms. */
const wholeTreeMs = 120_000

/** By path in the workspace. */
type Files = Readonly<Record<string, string>>

/** A workspace in which there is nothing but what imports of these tests lead to. */
const STANDING: Files = {
  'integration/src/x.ts': '',
  'benchmarks/src/x.ts': '',
  'mutants/src/x.ts': '',
  'release/src/x.ts': '',
  'simulation/src/x.ts': '',
  'examples/src/x.ts': '',
  'packages/cli/src/x.ts': '',
  'packages/core/src/adapter.ts': '',
  'packages/core/src/index.ts': '',
  'packages/core/test/support/y.ts': '',
  'packages/exchange-gateio/src/index.ts': '',
  'packages/exchange-mexc/src/index.ts': '',
  'packages/exchange-mexc/src/shared/y.ts': '',
  'packages/exchange-mexc/src/spot/y.ts': '',
  'packages/exchange-mexc/src/testing/index.ts': '',
  'packages/testkit/src/index.ts': '',
  'packages/testkit/src/y.test.ts': '',
  ...Object.fromEntries(CORE_LAYERS.flat().map((folder) => [`packages/core/src/${folder}/y.ts`, ''])),
}

async function violationsIn(files: Files): Promise<readonly string[]> {
  const place = await mkdtemp(join(tmpdir(), 'architecture-'))
  try {
    await copyFile(join(root, 'tsconfig.base.json'), join(place, 'tsconfig.base.json'))
    for (const [path, text] of Object.entries({ ...STANDING, ...files })) {
      await mkdir(dirname(join(place, path)), { recursive: true })
      await writeFile(join(place, path), text)
    }
    return await findViolations(place)
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

type Case = readonly [what: string, files: Files, objection: string]

/** One workspace for the files of many cases, which takes hardly longer than one for each. */
function together(cases: readonly (readonly [string, Files, ...unknown[]])[]): Files {
  const all = cases.flatMap(([, files]) => Object.entries(files))
  const merged = Object.fromEntries(all)
  if (Object.keys(merged).length < all.length) throw new Error('two cases have a file of the same path')
  return merged
}

/** The lines about files of one case. */
function about(files: Files, violations: readonly string[]): readonly string[] {
  return violations.filter((line) => Object.keys(files).some((path) => line.startsWith(path)))
}

describe('the workspace', () => {
  it('is read whole: every package has sources', () => {
    const packages = new Set(readSources(root).map(({ path }) => placeOf(path)?.packageFolder))
    expect([...packages].sort()).toEqual(['cli', 'core', 'exchange-gateio', 'exchange-mexc', 'relay-nats', 'testkit'])
  })

  it(
    'keeps the rules of packages and of core’s layers, has no circles, and time and chance behind one door',
    async () => {
      expect(await findViolations(root)).toEqual([])
    },
    wholeTreeMs,
  )
})

describe('the rules', () => {
  const FORBIDDEN: readonly Case[] = [
    [
      'a file of somebody else in a benchmark',
      { 'benchmarks/src/measure/y.ts': "import '../../../integration/src/z.js'", 'integration/src/z.ts': '' },
      'a relative import of a benchmark stays inside its src folder',
    ],
    [
      'an import of nothing',
      { 'packages/testkit/src/x.ts': "import './gone.js'" },
      'packages/testkit/src/x.ts imports ./gone.js: there is no such file or package',
    ],
    [
      'two files that import each other',
      {
        'packages/testkit/src/a/x.ts': "import './y.js'",
        'packages/testkit/src/a/y.ts': "import type { X } from './x.js'",
      },
      'files import each other in a circle: packages/testkit/src/a/x.ts -> packages/testkit/src/a/y.ts -> packages/testkit/src/a/x.ts',
    ],
    [
      'a relative import of another package',
      { 'packages/testkit/src/x2.ts': "import '../../core/src/index.js'" },
      'stays inside its own src',
    ],
    [
      'a relative import of another package, from the side',
      { 'integration/src/x.ts': "import '../../packages/core/src/model/y.js'" },
      'stays inside its own src',
    ],
    [
      'a test that reaches into another package',
      { 'packages/testkit/src/x.test.ts': "import '../../core/src/index.js'" },
      'a test imports other packages by their names',
    ],
    [
      'source importing a test',
      { 'packages/testkit/src/x3.ts': "import './y.test.js'" },
      'source does not import tests',
    ],
    [
      'core importing another package',
      { 'packages/core/src/book/x.ts': "import '@tapewire/testkit'" },
      'core imports no other package',
    ],
    [
      'a test of core importing another package',
      { 'packages/core/src/book/x.test.ts': "import '@tapewire/testkit'" },
      'core imports no other package',
    ],
    [
      'testkit importing an adapter',
      { 'packages/testkit/src/x4.ts': "import '@tapewire/exchange-mexc'" },
      'testkit imports core only',
    ],
    [
      'the relay importing an adapter',
      { 'packages/relay-nats/src/x.ts': "import '@tapewire/exchange-mexc'" },
      'a relay carries any feed',
    ],
    [
      'an adapter importing an adapter',
      { 'packages/exchange-mexc/src/x.ts': "import '@tapewire/exchange-gateio'" },
      'adapters never meet',
    ],
    [
      'an adapter importing the command',
      {
        'packages/exchange-mexc/src/x2.ts': "import 'tapewire'",
        'packages/exchange-mexc/node_modules/tapewire/package.json': '{ "main": "../../../cli/src/x.ts" }',
      },
      'an adapter imports core only',
    ],
    [
      'an adapter importing testkit',
      { 'packages/exchange-mexc/src/spot/x.ts': "import '@tapewire/testkit'" },
      'testkit belongs in the tests',
    ],
    [
      'an adapter importing its testing entry',
      { 'packages/exchange-mexc/src/spot/x2.ts': "import '../testing/index.js'" },
      'not part of the adapter',
    ],
    [
      'an emulation importing the market that it emulates',
      { 'packages/exchange-mexc/src/testing/x.ts': "import '../spot/y.js'" },
      'would share its mistakes',
    ],
    [
      'the example of an adapter importing another adapter',
      { 'examples/tapewire-exchange-acme/src/x.ts': "import '@tapewire/exchange-mexc'" },
      'adapters never meet',
    ],
    [
      'the page importing the command',
      { 'packages/cli/page/src/x.ts': "import type { X } from '../../src/x.js'" },
      'shares with its server what goes over the wire',
    ],
    [
      'a core folder importing an entry',
      { 'packages/core/src/ring/x.ts': "import '../adapter.js'" },
      'stands above every folder',
    ],
    [
      'a test inside a core folder importing an entry',
      { 'packages/core/src/ring/x.test.ts': "import '../index.js'" },
      'stands above every folder',
    ],
    ['errors speaking the vocabulary', { 'packages/core/src/errors/x.ts': "import '../model/y.js'" }, 'share a layer'],
    ['a core folder nobody planned', { 'packages/core/src/misc/x.ts': '' }, 'misc has no place'],
    [
      'a clock of its own',
      { 'packages/exchange-mexc/src/x3.ts': 'const now = () => Date.now()' },
      'come from a clock that is given',
    ],
    ['a timer of its own', { 'packages/testkit/src/x5.ts': 'setTimeout(() => {}, 1)' }, 'but its text has setTimeout'],
    [
      'a deadline of its own',
      { 'packages/core/src/ring/x2.ts': 'AbortSignal.timeout(1)' },
      'but its text has AbortSignal.timeout',
    ],
    [
      'chance of its own',
      { 'packages/cli/src/x.tsx': 'const lucky = Math.random() > 0.5' },
      'but its text has Math.random',
    ],
    ['core naming an exchange', { 'packages/core/src/model/x.ts': '// as on Gate.io' }, 'core names no exchange'],
  ]

  const ALLOWED: readonly (readonly [what: string, files: Files])[] = [
    ['the vocabulary throwing errors', { 'packages/core/src/model/x.ts': "import '../errors/y.js'" }],
    [
      'the entry importing every layer',
      { 'packages/core/src/index.ts': "export * from './factory/y.js'; export * from './model/y.js'" },
    ],
    [
      'an adapter importing core',
      { 'packages/exchange-mexc/src/x.ts': "import '@tapewire/core'; import '@tapewire/core/adapter'" },
    ],
    [
      'a test importing what its package’s tests share',
      { 'packages/core/src/ring/x.test.ts': "import '../../test/support/y.js'" },
    ],
    ['a test of core importing upwards', { 'packages/core/src/ring/x2.test.ts': "import '../manager/y.js'" }],
    ['core’s tests as users of core', { 'packages/core/test/x.test.ts': "import '../src/index.js'" }],
    ['an adapter test importing testkit', { 'packages/exchange-mexc/src/x.test.ts': "import '@tapewire/testkit'" }],
    [
      'a testing entry importing testkit and what the markets share',
      { 'packages/exchange-mexc/src/testing/x.ts': "import '@tapewire/testkit'; import '../shared/y.js'" },
    ],
    [
      'a test comparing an emulation with the market',
      { 'packages/exchange-mexc/src/testing/x.test.ts': "import '../spot/y.js'" },
    ],
    [
      'the command importing everything',
      { 'packages/cli/src/x.ts': "import '@tapewire/core'; import '@tapewire/exchange-mexc/testing'" },
    ],
    [
      'the page importing what goes over the wire',
      {
        'packages/cli/page/src/x.ts': "import type { X } from '../../src/commands/dashboard/protocol.js'",
        'packages/cli/src/commands/dashboard/protocol.ts': "import type { Y } from '@tapewire/core'",
      },
    ],
    ['the clock reading the time', { 'packages/core/src/clock/clock.ts': 'const now = () => Date.now()' }],
    ['a test reading the time', { 'packages/core/src/ring/x3.test.ts': 'const now = () => Date.now()' }],
    [
      'a socket’s own timeout, and a turn of the event loop',
      { 'packages/core/src/ring/x.ts': 'socket.setTimeout(0); setImmediate(f)' },
    ],
    ['a comment that speaks of an import', { 'packages/core/src/ring/x2.ts': "// import '../manager/y.js'" }],
    [
      'a file and the folder it dispatches to sharing a third',
      {
        'packages/exchange-mexc/src/spot/parser.ts': "import './parsers/trades.js'",
        'packages/exchange-mexc/src/spot/parsers/trades.ts': "import '../symbols.js'",
        'packages/exchange-mexc/src/spot/symbols.ts': '',
      },
    ],
  ]

  const IMPORTS: readonly string[] = [
    "import '../manager/y.js'",
    "import type { A } from '../manager/y.js'",
    "import { type A } from '../manager/y.js'",
    "export * from '../manager/y.js'",
    "export type { A } from '../manager/y.js'",
    "const y = await import('../manager/y.js')",
    "type A = import('../manager/y.js').A",
  ]
  const UPWARDS: readonly Case[] = IMPORTS.map((text, index) => [
    text,
    { [`packages/core/src/ring/up-${index}.ts`]: text },
    'imports point down only',
  ])

  let objections: readonly string[] = []
  let complaints: readonly string[] = []
  beforeAll(async () => {
    objections = await violationsIn(together([...FORBIDDEN, ...UPWARDS]))
    complaints = await violationsIn(together(ALLOWED))
  })

  it.each(FORBIDDEN)('object to %s', (_what, files, objection) => {
    expect(about(files, objections)).toEqual([expect.stringContaining(objection)])
  })

  it.each(UPWARDS)('see the import in %s', (_text, files, objection) => {
    expect(about(files, objections)).toEqual([expect.stringContaining(objection)])
  })

  it('object to folders that import each other, by different files', async () => {
    const violations = await violationsIn({
      'packages/testkit/src/a/x.ts': "import '../b/y.js'",
      'packages/testkit/src/b/y.ts': '',
      'packages/testkit/src/b/deep/z.ts': "import '../../c.js'",
      'packages/testkit/src/c.ts': "import type { W } from './a/w.js'",
      'packages/testkit/src/a/w.ts': '',
    })
    expect(violations).toEqual([
      'folders import each other in a circle: testkit/a -> testkit/b -> testkit/c -> testkit/a',
    ])
  })

  it.each(ALLOWED)('allow %s', (_what, files) => {
    expect(about(files, complaints)).toEqual([])
  })

  it('have each a case in the table above, but for the layers of core', () => {
    const unproven = RULES.filter(({ name }) => !/^core-.+-(?:alone|down)$/.test(name ?? '')).filter(
      ({ comment = '' }) =>
        !FORBIDDEN.some(([, , objection]) => objection.includes(comment) || comment.includes(objection)),
    )
    expect(unproven).toEqual([])
  })

  it('let each folder of core import all those of lower layers, and no other', async () => {
    const folders = CORE_LAYERS.flatMap((layer, index) => layer.map((folder) => ({ folder, index })))
    const pairs = folders.flatMap((from) =>
      folders.filter((to) => to.folder !== from.folder).map((to) => ({ from, to })),
    )
    const importsOf = ({ from, to }: (typeof pairs)[number]): Files => ({
      [`packages/core/src/${from.folder}/to-${to.folder}.ts`]: `import '../${to.folder}/y.js'`,
    })
    const down = pairs.filter(({ from, to }) => from.index < to.index)
    expect(await violationsIn(Object.assign({}, ...down.map(importsOf)))).toEqual([])

    const others = pairs.filter(
      ({ from, to }) => from.index >= to.index && `${from.folder} ${to.folder}` !== 'model errors',
    )
    const violations = await violationsIn(Object.assign({}, ...others.map(importsOf)))
    for (const { from, to } of others) {
      const file = `packages/core/src/${from.folder}/to-${to.folder}.ts`
      expect(violations).toContainEqual(
        expect.stringMatching(`^${file} imports .*: .*(?:imports point down only|do not import each other)`),
      )
    }
  })
})
