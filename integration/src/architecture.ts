import type { IRegularForbiddenRuleType } from 'dependency-cruiser'

/**
 * The layers of core, from the top down. A folder imports only folders of lower layers; folders that share a layer do
 * not meet, but for `CORE_NEIGHBOURS`. Files directly in `src` are package entries and stand above all.
 */
export const CORE_LAYERS: readonly (readonly string[])[] = [
  ['factory', 'prometheus'],
  ['manager'],
  ['alert'],
  ['group'],
  ['gap'],
  ['book'],
  ['session'],
  ['stream'],
  ['flight'],
  ['pipeline', 'connection', 'transport'],
  ['strategy'],
  ['decode'],
  ['ring', 'metrics', 'config'],
  ['model', 'errors', 'clock'],
]

/** The vocabulary refuses what is not in it, so it may throw errors; errors speak plain text. */
const CORE_NEIGHBOURS: Readonly<Record<string, string>> = { model: 'errors' }

/** Ours, and the example's, which authors take as their pattern. */
const ADAPTER = '((?:packages/|examples/tapewire-)exchange-[^/]+)'
const CORE = 'packages/core/src'
const TEST = '[.]test[.]tsx?$'

/**
 * What may not be imported, as rules of dependency-cruiser: regular expressions over paths in the workspace, where `$1` is the first group of `from.path`. An
 * import of one of our packages counts as an import of its entry's source, and one of a type like any other. The comment is for whoever breaks the rule.
 */
export const RULES: IRegularForbiddenRuleType[] = [
  {
    name: 'known',
    comment: 'there is no such file or package',
    from: { path: '[.]tsx?$' },
    to: { couldNotResolve: true },
  },
  {
    name: 'no-circle',
    comment: 'files import each other in a circle',
    from: {},
    to: { circular: true },
  },
  {
    name: 'own-source',
    comment: 'a relative import stays inside its own src folder',
    from: { path: '^((?:packages/|examples/)?[^/]+)/src/', pathNot: [TEST, '^benchmarks/'] },
    to: { pathNot: '^$1/src/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased'] },
  },
  {
    name: 'own-source-of-benchmarks',
    comment:
      'a relative import of a benchmark stays inside its src folder, or is of the nats-server that tests start too',
    from: { path: '^benchmarks/src/', pathNot: TEST },
    to: {
      pathNot: '^(benchmarks/src/|tools/nats-server[.]ts$)',
      dependencyTypes: ['local'],
      dependencyTypesNot: ['aliased'],
    },
  },
  {
    name: 'own-package',
    comment: 'a test imports other packages by their names',
    from: { path: '^(packages/[^/]+|[^/]+)/(?:test/|.+[.]test[.])' },
    to: { path: '^packages/', pathNot: '^$1/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased'] },
  },
  {
    name: 'no-tests',
    comment: 'source does not import tests',
    from: { pathNot: [TEST, '/test/'] },
    to: { path: TEST },
  },

  {
    name: 'core-alone',
    comment: 'core imports no other package',
    from: { path: '^packages/core/' },
    to: { path: '^packages/(?!core/)' },
  },
  {
    name: 'relay-on-core',
    comment: 'a relay carries any feed: it imports core alone, and in its tests the testkit and emulations',
    from: { path: '^packages/relay-nats/src/', pathNot: TEST },
    to: { path: '^packages/(?!core/|relay-nats/)' },
  },
  {
    name: 'testkit-on-core',
    comment: 'testkit imports core only',
    from: { path: '^packages/testkit/' },
    to: { path: '^packages/(?!core/|testkit/)' },
  },
  {
    name: 'adapters-apart',
    comment: 'adapters never meet each other',
    from: { path: `^${ADAPTER}/` },
    to: { path: `^${ADAPTER}/`, pathNot: '^$1/' },
  },
  {
    name: 'adapter-on-core',
    comment: 'an adapter imports core only',
    from: { path: `^${ADAPTER}/` },
    to: { path: '^packages/(?!core/|testkit/|exchange-)' },
  },
  {
    name: 'adapter-without-testkit',
    comment: 'testkit belongs in the tests of an adapter and in its ./testing entry',
    from: { path: `^${ADAPTER}/`, pathNot: [TEST, '/test/', '/src/testing/'] },
    to: { path: '^packages/testkit/' },
  },
  {
    name: 'adapter-without-emulation',
    comment: 'what an adapter ships for tests is not part of the adapter',
    from: { path: `^${ADAPTER}/src/(?!testing/)`, pathNot: TEST },
    to: { path: '^$1/src/testing/' },
  },
  {
    name: 'emulation-without-adapter',
    comment: 'an emulation that shared the adapter’s own tables would share its mistakes',
    from: { path: '^(packages/exchange-[^/]+)/src/testing/', pathNot: TEST },
    to: { path: '^$1/src/(?!testing/|shared/)' },
  },

  {
    name: 'page-apart',
    comment: 'the page of the dashboard shares with its server what goes over the wire, and with nobody anything else',
    from: { path: '^packages/cli/page/src/' },
    to: {
      path: '^packages/',
      pathNot: '^packages/(cli/page|cli/src/commands/dashboard/protocol[.]ts|core/src/index[.]ts)',
    },
  },

  {
    name: 'core-entries-above',
    comment: 'a package entry stands above every folder',
    from: { path: `^${CORE}/` },
    to: { path: `^${CORE}/[^/]+$` },
  },
  ...CORE_LAYERS.flatMap(rulesOfLayer),
]

function rulesOfLayer(layer: readonly string[], index: number): IRegularForbiddenRuleType[] {
  const rules: IRegularForbiddenRuleType[] = []
  if (index > 0) {
    rules.push({
      name: `core-layer-${index + 1}-down`,
      comment: `imports point down only, and that folder stands above ${layer.join(', ')}`,
      from: { path: inCore(layer), pathNot: TEST },
      to: { path: inCore(CORE_LAYERS.slice(0, index).flat()) },
    })
  }
  for (const folder of layer) {
    const others = layer.filter((other) => other !== folder && other !== CORE_NEIGHBOURS[folder])
    if (others.length === 0) continue
    rules.push({
      name: `core-${folder}-alone`,
      comment: `${layer.join(', ')} share a layer and do not import each other`,
      from: { path: inCore([folder]), pathNot: TEST },
      to: { path: inCore(others) },
    })
  }
  return rules
}

function inCore(folders: readonly string[]): string {
  return `^${CORE}/(${folders.join('|')})/`
}
