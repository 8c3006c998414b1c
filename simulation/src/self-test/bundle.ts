import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { type Mutation, mutate } from './mutation.js'

/** The workspace that this file, as source or built, belongs to. */
export const workspace: string = rootAbove(fileURLToPath(import.meta.url))

/** Packages that are loaded from where a source file lies need that file's own address. */
const ownAddress = 'import.meta.url'

/** A bundle of the simulation as one file, made from the sources of every package of ours, with the mutation where there is one. */
export async function bundleSimulation(outfile: string, mutation: Mutation | null): Promise<void> {
  await build({
    entryPoints: [join(workspace, 'simulation/src/self-test/mutant.ts')],
    outfile,
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
    plugins: [sourcesWith(mutation)],
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

function rootAbove(path: string): string {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      readFileSync(join(folder, 'pnpm-workspace.yaml'))
      return folder
    } catch {
      // Further up.
    }
  }
  throw new Error(`There is no workspace above ${path}.`)
}
