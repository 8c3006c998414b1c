import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { type Mutation, mutate } from './mutation.js'
import { workspace } from './workspace.js'

/** Packages that are loaded from where a source file lies need that file's own address. */
const ownAddress = 'import.meta.url'

/** Where a bundle goes, and what is left out of it. */
export type BundleOptions = Pick<
  BuildOptions,
  'entryPoints' | 'outfile' | 'outdir' | 'outExtension' | 'splitting' | 'plugins'
>

/** Bundles code from the sources of every package of ours, with the mutation where there is one. */
export async function bundleSources(options: BundleOptions, mutation: Mutation | null): Promise<void> {
  await build({
    ...options,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    tsconfig: join(workspace, 'tsconfig.base.json'),
    // Packages in the older format ask for their parts by name.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'\nconst require = requireOf(import.meta.url)",
    },
    plugins: [...(options.plugins ?? []), sourcesWith(mutation)],
    logLevel: 'silent',
  })
}

function sourcesWith(mutation: Mutation | null): Plugin {
  const broken = mutation === null ? null : join(workspace, mutation.file)
  return {
    name: 'sources',
    setup({ onLoad }) {
      onLoad({ filter: /[/\\]src[/\\].+\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8')
        const contents = mutation !== null && path === broken ? mutate(mutation, text) : text
        return { contents: contents.replaceAll(ownAddress, JSON.stringify(pathToFileURL(path).href)), loader: 'ts' }
      })
    },
  }
}
