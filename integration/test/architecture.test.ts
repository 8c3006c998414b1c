import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CORE_LAYERS, findViolations } from '../src/architecture.js'
import { placeOf, readSources } from '../src/source-graph.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the workspace', () => {
  const sources = readSources(root)

  it('is read whole: every package has sources', () => {
    const packages = new Set(sources.map(({ path }) => placeOf(path)?.packageFolder))
    expect([...packages].sort()).toEqual(['cli', 'core', 'exchange-gateio', 'exchange-mexc', 'testkit'])
  })

  it('keeps the package rules, the layers of core and folders free of cycles', () => {
    expect(findViolations(sources)).toEqual([])
  })
})

describe('the checker', () => {
  const violationsOf = (path: string, text: string): readonly string[] => findViolations([{ path, text }])

  it.each([
    [
      'core importing another package',
      'core/src/book/x.ts',
      "import '@tapewire/testkit'",
      'core imports no other package',
    ],
    [
      'testkit importing an adapter',
      'testkit/src/x.ts',
      "import '@tapewire/exchange-mexc'",
      'testkit imports core only',
    ],
    [
      'an adapter importing an adapter',
      'exchange-mexc/src/x.ts',
      "import '@tapewire/exchange-gateio'",
      'adapters never meet',
    ],
    ['an adapter importing the command', 'exchange-mexc/src/x.ts', "import 'tapewire'", 'an adapter imports core only'],
    [
      'an adapter importing testkit',
      'exchange-mexc/src/parser.ts',
      "import '@tapewire/testkit'",
      'testkit belongs in its tests',
    ],
    [
      'an adapter importing its testing entry',
      'exchange-mexc/src/x.ts',
      "import './testing/index.js'",
      'not part of the adapter',
    ],
    [
      'a relative import of another package',
      'testkit/src/x.ts',
      "import '../../core/src/index.js'",
      'stays inside its own src',
    ],
    ['source importing a test', 'testkit/src/x.ts', "import './y.test.js'", 'source does not import tests'],
    ['core importing upwards', 'core/src/ring/x.ts', "import '../manager/y.js'", 'manager stands above ring'],
    ['core importing sideways', 'core/src/pipeline/x.ts', "import '../connection/y.js'", 'share a layer'],
    ['errors speaking the vocabulary', 'core/src/errors/x.ts', "import '../model/y.js'", 'share a layer'],
    ['a core folder importing the entry', 'core/src/ring/x.ts', "import '../index.js'", 'stands above every folder'],
    ['a core folder nobody planned', 'core/src/misc/x.ts', "import '../model/y.js'", 'misc has no place'],
    ['core naming an exchange', 'core/src/model/x.ts', '// as on Gate.io', 'core names no exchange'],
  ])('flags %s', (_what, path, text, objection) => {
    const violations = violationsOf(`packages/${path}`, text)
    expect(violations).toHaveLength(1)
    expect(violations[0]).toContain(objection)
  })

  it.each([
    ["import type { A } from '../manager/y.js'"],
    ["export * from '../manager/y.js'"],
    ["export type { A } from '../manager/y.js'"],
    ["const y = await import('../manager/y.js')"],
    ["type A = import('../manager/y.js').A"],
  ])('sees the import in %s', (text) => {
    expect(violationsOf('packages/core/src/ring/x.ts', text)).toHaveLength(1)
  })

  it.each([
    ['the vocabulary throwing errors', 'core/src/model/x.ts', "import '../errors/y.js'"],
    [
      'the entry importing every layer',
      'core/src/index.ts',
      "export * from './factory/y.js'; export * from './model/y.js'",
    ],
    ['an adapter importing core', 'exchange-mexc/src/x.ts', "import '@tapewire/core'"],
    ['a test importing what its package’s tests share', 'core/src/ring/x.test.ts', "import '../../test/support/y.js'"],
    ['an adapter test importing testkit', 'exchange-mexc/src/x.test.ts', "import '@tapewire/testkit'"],
    ['a testing entry importing testkit', 'exchange-mexc/src/testing/x.ts', "import '@tapewire/testkit'"],
    [
      'the command importing everything',
      'cli/src/x.ts',
      "import '@tapewire/core'; import '@tapewire/exchange-mexc/testing'",
    ],
    ['a comment that speaks of an import', 'core/src/ring/x.ts', "// import '../manager/y.js'"],
  ])('allows %s', (_what, path, text) => {
    expect(violationsOf(`packages/${path}`, text)).toEqual([])
  })

  it('accepts each layer of core importing the one below and refuses the reverse', () => {
    for (const [index, layer] of CORE_LAYERS.slice(0, -1).entries()) {
      const [upper, lower] = [layer[0], CORE_LAYERS[index + 1]?.[0]]
      expect(violationsOf(`packages/core/src/${upper}/x.ts`, `import '../${lower}/y.js'`)).toEqual([])
      expect(violationsOf(`packages/core/src/${lower}/x.ts`, `import '../${upper}/y.js'`)).toHaveLength(1)
    }
  })

  it('names the way round a circle of folders', () => {
    const violations = findViolations([
      { path: 'packages/testkit/src/a/x.ts', text: "import '../b/y.js'" },
      { path: 'packages/testkit/src/b/y.ts', text: "import '../c/z.js'" },
      { path: 'packages/testkit/src/c/z.ts', text: "import type { X } from '../a/x.js'" },
    ])
    expect(violations).toEqual([
      'folders import each other in a circle: testkit/a -> testkit/b -> testkit/c -> testkit/a',
    ])
  })

  it('lets a file and the folder it dispatches to share a third', () => {
    const violations = findViolations([
      { path: 'packages/exchange-mexc/src/parser.ts', text: "import './parsers/trade.js'" },
      { path: 'packages/exchange-mexc/src/parsers/trade.ts', text: "import '../symbols.js'" },
      { path: 'packages/exchange-mexc/src/definition.ts', text: "import './parser.js'; import './symbols.js'" },
    ])
    expect(violations).toEqual([])
  })
})
