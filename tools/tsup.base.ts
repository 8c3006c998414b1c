import type { Options } from 'tsup'

/**
 * What every package builds: plain ES modules for Node 20 (`build:js`). Its declarations are a build of their own (`build:types`, the same with
 * `--dts-only`), since they take ten times as long and no program needs them to run.
 */
export function packageBuild(entry: Record<string, string>): Options {
  return {
    entry,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    sourcemap: true,
    // What the other builds of a package put there stays.
    clean: ['!**/*.d.ts', '!page/**'],
  }
}
