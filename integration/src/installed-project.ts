import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import ts from 'typescript'

interface Manifest {
  readonly name: string
  readonly exports: unknown
  readonly dependencies?: Readonly<Record<string, string>>
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

  /** Installs a package from its folder, under its own name or another. */
  install(packageFolder: string, installedName?: string): void {
    const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as Manifest
    const name = installedName ?? manifest.name
    const target = join(this.folder, 'node_modules', name)
    const exports = JSON.parse(JSON.stringify(manifest.exports).replaceAll(/"\.\/src\/([^"]+)\.ts"/g, '"./dist/$1.js"'))
    mkdirSync(target, { recursive: true })
    writeFileSync(join(target, 'package.json'), JSON.stringify({ name, version: '0.0.0', type: 'module', exports }))
    transpileFolder(join(packageFolder, 'src'), join(target, 'dist'))
    for (const dependency of Object.keys(manifest.dependencies ?? {})) {
      const link = join(target, 'node_modules', dependency)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(packageFolder, 'node_modules', dependency), link, 'junction')
    }
  }

  /** Runs a TypeScript program in the project's folder. */
  run(fileName: string, code: string): ProgramRun {
    const script = join(this.folder, fileName.replace(/\.ts$/, '.js'))
    writeFileSync(script, transpile(code))
    const run = startProgram(process.execPath, [script], this.folder)
    this.#programs.push(run.process)
    return run
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

function transpileFolder(from: string, to: string): void {
  for (const path of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || path.endsWith('.test.ts')) continue
    const target = join(to, path.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, transpile(readFileSync(join(from, path), 'utf8')))
  }
}

/** By source text: several projects may install the same package. */
const transpiled = new Map<string, string>()

function transpile(code: string): string {
  const known = transpiled.get(code)
  if (known !== undefined) return known
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
  const { outputText } = ts.transpileModule(code, { compilerOptions })
  transpiled.set(code, outputText)
  return outputText
}
