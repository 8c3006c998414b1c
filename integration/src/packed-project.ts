import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { declareFolder } from './declare-folder.js'
import { type ProgramRun, startProgram } from './installed-project.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tsup = join(root, 'node_modules/tsup/dist/cli-default.js')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

interface Manifest {
  readonly name: string
  readonly files?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

/**
 * An application's folder, outside the workspace, whose packages come out of tarballs: what `npm pack` leaves out is missing here too. Nothing is fetched;
 * dependencies of ours that are not built here are linked from the workspace.
 */
export class PackedProject {
  readonly folder: string
  readonly #tarballs: string

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'tapewire-packed-'))
    this.#tarballs = join(this.folder, 'tarballs')
    mkdirSync(this.#tarballs)
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ name: 'application', type: 'module' }))
    link('@types/node', join(root, 'node_modules'), join(this.folder, 'node_modules'))
  }

  /** Builds and packs a package of the workspace as it would be published, and installs the tarball. */
  async installOurs(packageFolder: string): Promise<void> {
    const manifest = readManifest(packageFolder)
    const stage = join(this.folder, 'stage', manifest.name)
    mkdirSync(stage, { recursive: true })
    await succeed([tsup, '--no-dts', '--out-dir', join(stage, 'dist')], packageFolder)
    declareFolder(join(packageFolder, 'src'), join(stage, 'dist'))
    for (const file of manifest.files ?? []) {
      if (file !== 'dist') cpSync(join(packageFolder, file), join(stage, file), { recursive: true })
    }
    // What only developers of the package need names packages of the workspace, which nobody else can install.
    const { devDependencies: _, ...published } = manifest
    writeFileSync(join(stage, 'package.json'), JSON.stringify(published))
    const target = this.#installPacked(stage, manifest)
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      link(dependency, join(packageFolder, 'node_modules'), join(target, 'node_modules'))
    }
  }

  /** Builds an adapter in a folder of its own, with the compiler options it comes with and against what is installed; packs it, and installs the tarball. */
  async installAdapter(adapterFolder: string): Promise<void> {
    const manifest = readManifest(adapterFolder)
    const stage = join(this.folder, 'stage', manifest.name)
    for (const part of ['src', 'package.json', 'tsconfig.json', 'README.md']) {
      cpSync(join(adapterFolder, part), join(stage, part), { recursive: true })
    }
    await succeed([tsc], stage)
    this.#installPacked(stage, manifest)
  }

  /** Runs a JavaScript program in the project's folder; `nodeOptions` come before it. */
  run(fileName: string, code: string, nodeOptions: readonly string[] = []): ProgramRun {
    writeFileSync(join(this.folder, fileName), code)
    return startProgram(process.execPath, [...nodeOptions, fileName], this.folder)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #installPacked(stage: string, { name }: Manifest): string {
    const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', this.#tarballs], {
      cwd: stage,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    })
    const [{ filename }] = JSON.parse(packed) as [{ readonly filename: string }]
    const target = join(this.folder, 'node_modules', name)
    mkdirSync(target, { recursive: true })
    execFileSync('tar', ['-xzf', join(this.#tarballs, filename), '--strip-components=1', '-C', target])
    return target
  }
}

function link(name: string, from: string, to: string): void {
  const path = join(to, name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(join(from, name), path, 'junction')
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

async function succeed(nodeArguments: readonly string[], folder: string): Promise<void> {
  const run = startProgram(process.execPath, nodeArguments, folder)
  if ((await run.ended) !== 0) throw new Error(`${nodeArguments.join(' ')} failed in ${folder}:\n${run.output()}`)
}
