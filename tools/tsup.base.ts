import type { Options } from 'tsup'

/** What every package builds: plain ES modules for Node 20 with their declarations. */
export function packageBuild(entry: Record<string, string>): Options {
  return {
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    // tsup passes `baseUrl` to its declaration build, which TypeScript 6 calls deprecated.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    sourcemap: true,
    clean: true,
  }
}
