import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buildSync, transformSync } from 'esbuild'
import { declareFolder } from './declare-folder.js'

interface Manifest {
  readonly name: string
  readonly exports: unknown
  readonly dependencies?: Readonly<Record<string, string>>
}

/** How a package is installed. */
export interface InstallOptions {
  /** Default: the package's own name. */
  readonly name?: string
  /** Whether it brings its declarations, for a compiler. Default false. */
  readonly types?: boolean
}

/** What a program has done so far. */
export interface ProgramRun {
  readonly process: ChildProcess
  readonly output: () => string
  /** Resolves once the output so far fulfils `condition`; rejects where the program ends before. */
  until(condition: (output: string) => boolean): Promise<void>
  /** Resolves with the exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>
}

/**
 * An application's folder, outside the workspace, with packages in its `node_modules` as a package manager lays them out. They are transpiled from
 * their source, so that no test needs a build, and their programs run in Node processes of their own.
 */
export class InstalledProject {
  readonly folder: string
  readonly #programs: ChildProcess[] = []

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'tapewire-project-'))
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ name: 'application', type: 'module' }))
  }

  /** Installs a package from its folder, under its own name or another, as it is published: its manifest names what is built. */
  install(packageFolder: string, { name: installedName, types = false }: InstallOptions = {}): void {
    const manifest = readManifest(packageFolder)
    const name = installedName ?? manifest.name
    const target = this.#place(name)
    const { exports } = manifest
    writeFileSync(join(target, 'package.json'), JSON.stringify({ name, version: '0.0.0', type: 'module', exports }))
    transpileFolder(join(packageFolder, 'src'), join(target, 'dist'))
    if (types) declareFolder(join(packageFolder, 'src'), join(target, 'dist'))
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      link(join(packageFolder, 'node_modules', dependency), join(target, 'node_modules', dependency))
    }
  }

  /** Installs what a package manager packed. */
  installPacked(file: string, name: string): void {
    execFileSync('tar', ['-xzf', file, '-C', this.#place(name), '--strip-components=1'])
  }

  /** Makes a package of the workspace's own tools known, with its command where it has one. */
  borrow(workspaceRoot: string, name: string, command?: string): void {
    const modules = join(this.folder, 'node_modules')
    link(join(workspaceRoot, 'node_modules', name), join(modules, name))
    if (command !== undefined)
      link(join(workspaceRoot, 'node_modules', name, 'bin', command), join(modules, '.bin', command), 'file')
  }

  /** Runs a TypeScript program in the project's folder. */
  run(fileName: string, code: string): ProgramRun {
    writeFileSync(join(this.folder, fileName.replace(/\.ts$/, '.js')), transpile(code))
    return this.start(fileName)
  }

  /** Brings a folder of TypeScript programs into the project's `src`, or another folder of it. */
  addPrograms(folder: string, target = 'src'): void {
    transpileFolder(folder, join(this.folder, target))
  }

  /** Runs a TypeScript program that is there. */
  start(path: string): ProgramRun {
    const run = startProgram(process.execPath, [path.replace(/\.ts$/, '.js')], this.folder)
    this.#programs.push(run.process)
    return run
  }

  #place(name: string): string {
    const target = join(this.folder, 'node_modules', name)
    mkdirSync(target, { recursive: true })
    return target
  }

  /** Ends what still runs in it. */
  remove(): void {
    for (const program of this.#programs) program.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Starts a program and gathers what it prints on both outputs. */
export function startProgram(command: string, commandArguments: readonly string[], folder: string): ProgramRun {
  const child = spawn(command, commandArguments, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let hasEnded = false
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const check of waiting) check()
  }
  const gather = (chunk: Buffer): void => {
    output += chunk.toString()
    wake()
  }
  child.stdout.on('data', gather)
  child.stderr.on('data', gather)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      hasEnded = true
      wake()
      resolve(code)
    })
  })
  return {
    process: child,
    output: () => output,
    ended,
    until: (condition) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (condition(output)) resolve()
          else if (hasEnded) reject(new Error(`The program ended before that. It printed:\n${output}`))
          else return
          waiting.delete(check)
        }
        waiting.add(check)
        check()
      }),
  }
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

function link(from: string, to: string, kind: 'junction' | 'file' = 'junction'): void {
  mkdirSync(dirname(to), { recursive: true })
  symlinkSync(from, to, kind)
}

/** What becomes of sources: types are erased, and nothing else. */
const erased = {
  format: 'esm',
  target: 'node20',
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
} as const

function transpileFolder(from: string, to: string): void {
  const entryPoints = sourcesIn(from).map((path) => join(from, path))
  buildSync({ ...erased, entryPoints, outbase: from, outdir: to, logLevel: 'error' })
}

function sourcesIn(folder: string): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return paths.filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
}

function transpile(code: string): string {
  return transformSync(code, { ...erased, loader: 'ts' }).code
}
