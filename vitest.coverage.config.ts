import { defineConfig, type ViteUserConfig } from 'vitest/config'
import base, { project } from './vitest.config.js'

/**
 * How much of what users run is run by its own tests: `npm run coverage`. Only the tests of the packages themselves count: what a test of several
 * packages happens to pass on its way says little.
 */

/** Hours of a simulated market, and generated messages by the thousand: they take longest while every branch is counted, and are not needed for it. */
const tooLongWhenCounted = [
  '**/*.fuzz.test.ts',
  '**/thin-pairs.test.ts',
  'packages/exchange-mexc/test/fast-push.test.ts',
]

const wanted = { lines: 95, statements: 95, branches: 90 }

const config: ViteUserConfig = defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: [
      project('core', 'packages/core', tooLongWhenCounted),
      project('exchange-gateio', 'packages/exchange-gateio', tooLongWhenCounted),
      project('exchange-mexc', 'packages/exchange-mexc', tooLongWhenCounted),
    ],
    reporters: ['default', './tools/coverage-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      enabled: true,
      include: ['packages/{core,exchange-*}/src/**/*.ts'],
      // What protoc wrote is held by `protobuf-agreement.test.ts`, against another library; most of its branches refuse what no peer sends.
      exclude: ['**/*.test.ts', '**/generated/**'],
      reporter: [],
      thresholds: {
        'packages/core/src/**': wanted,
        'packages/exchange-gateio/src/**': wanted,
        'packages/exchange-mexc/src/**': wanted,
      },
    },
  },
})

export default config
