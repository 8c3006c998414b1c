import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { configDefaults, defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config'
import { LongestFirst } from './tools/longest-first.js'

const workspace = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Package entries resolve to their source, from the same table the type checker uses: no test needs a build. */
function sourceAliases(): { find: RegExp; replacement: string }[] {
  const file = workspace('tsconfig.base.json')
  const { config } = ts.parseConfigFileTextToJson(file, readFileSync(file, 'utf8'))
  const paths = config.compilerOptions.paths as Record<string, [string]>
  return Object.entries(paths).map(([entry, [source]]) => ({
    find: new RegExp(`^${entry}$`),
    replacement: workspace(source),
  }))
}

/** Files share a process: none leaves anything behind, and a process for each would take longer than the tests. */
export function project(
  name: string,
  folder: string,
  leftOut: readonly string[] = [...browserTests, ...natsTests],
): TestProjectInlineConfiguration {
  const include = [`${folder}/{src,test,page/src}/**/*.test.{ts,tsx}`]
  return {
    extends: true,
    test: { name, isolate: false, include, exclude: [...configDefaults.exclude, ...leftOut] },
  }
}

/** They need a Chromium, and half a minute of both cores: a command of their own. */
const browserTests = ['packages/cli/page/test/**/*.test.ts', 'packages/cli/test/dashboard-browser.test.ts']

/** They start nats-servers, kill them, and wait for leases and elections: likewise. */
const natsTests = ['packages/relay-nats/test/!(read-frames).test.ts', 'packages/cli/test/{relay,demo-nats}.test.ts']

const config: ViteUserConfig = defineConfig({
  resolve: { alias: sourceAliases() },
  test: {
    projects: [
      project('core', 'packages/core'),
      project('exchange-gateio', 'packages/exchange-gateio'),
      project('exchange-mexc', 'packages/exchange-mexc'),
      project('testkit', 'packages/testkit'),
      project('relay-nats', 'packages/relay-nats'),
      project('cli', 'packages/cli'),
      project('integration', 'integration'),
      project('benchmarks', 'benchmarks'),
      project('mutants', 'mutants'),
      project('release', 'release'),
      project('simulation', 'simulation'),
      project('tools', 'tools'),
      { extends: true, test: { name: 'with-browser', isolate: false, include: browserTests } },
      { extends: true, test: { name: 'with-nats', isolate: false, include: natsTests } },
    ],
    // By itself vitest leaves one core to others, which on two cores is half of all.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    // Both cores are busy with tests: what collects garbage beside one takes from the other, and seldom pays.
    execArgv: ['--max-semi-space-size=64', '--single-threaded-gc'],
    // Projects share most of the sources: what one has transformed is not transformed again by the others, nor by the next run.
    experimental: { fsModuleCache: true },
    reporters: ['default', './tools/plain-line-reporter.ts'],
    // Room for a busy machine; no test asserts a duration.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})

export default config
