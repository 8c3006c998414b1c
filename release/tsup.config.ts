import type { Options } from 'tsup'

const config: Options = {
  entry: { rehearsal: 'src/rehearsal/main.ts', matrix: 'src/matrix/main.ts' },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
}

export default config
