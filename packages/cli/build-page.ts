import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const source = fileURLToPath(new URL('./page', import.meta.url))

/** Builds the page of `tapewire dashboard` into a folder: everything that a browser asks for, nothing from elsewhere. */
export async function buildPage(folder: string): Promise<void> {
  const { metafile } = await build({
    entryPoints: [
      { in: join(source, 'src/app.tsx'), out: 'app' },
      { in: join(source, 'src/styles/page.css'), out: 'app' },
    ],
    outdir: resolve(folder),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // The first ones with `light-dark()`.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    tsconfig: join(source, 'tsconfig.json'),
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: source,
  })
  for (const file of ['index.html', 'icon.svg']) await copyFile(join(source, file), join(folder, file))
  await writeFile(join(folder, 'licences.txt'), await licencesOf(Object.keys(metafile.inputs)))
}

/** The licences of the packages whose files were bundled, as they ask for. */
async function licencesOf(files: readonly string[]): Promise<string> {
  const folders = files.flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? [])
  const texts = [...new Set(folders)].sort().map(async (folder) => {
    const path = join(source, folder)
    const { name, version, license } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as {
      name: string
      version: string
      license: string
    }
    const file = (await readdir(path)).find((found) => /^licen[cs]e/i.test(found))
    const text =
      file === undefined ? 'The package has no text of it.' : (await readFile(join(path, file), 'utf8')).trim()
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`)
}
