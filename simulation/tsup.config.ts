import type { Options } from 'tsup'

/** The command, and the process that runs its share of the seeds. */
const config: Options = {
  entry: { main: 'src/main.ts', worker: 'src/run/worker.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  clean: true,
}

export default config
