import type { Options } from 'tsup'

const config: Options = {
  entry: { rehearsal: 'src/rehearsal/main.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
}

export default config
