import type { Options } from 'tsup'

/** What the simulation's self-test shares, and the command that tests the conformance kit. */
const config: Options = {
  entry: { index: 'src/index.ts', main: 'src/main.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  clean: true,
}

export default config
