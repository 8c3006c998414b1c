import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../command/run.js'
import { platform, type Runtime } from './runtimes.js'

/** Where a runtime is on this machine, or why it is not. */
export type Brought =
  | { readonly command: string; readonly missing: null }
  | { readonly command: null; readonly missing: string }

/** What is looked at when one is brought. */
export interface BringOptions {
  /** Each runtime is kept in a folder of its own below it: git does not see them, and no lock file knows them. */
  readonly sideFolder: string
  readonly environment: NodeJS.ProcessEnv
  /** What this machine is. Default: found out. */
  readonly machine?: string
}

/** Installs a runtime where it is not there, and starts it once. Never rejects: a machine without one says why. */
export async function bringRuntime(runtime: Runtime, options: BringOptions): Promise<Brought> {
  const { sideFolder, environment, machine = `${process.platform}-${process.arch}` } = options
  if (machine !== platform) return { command: null, missing: `it is brought for ${platform}, and this is ${machine}` }
  const { packageName, version, binary } = runtime
  const folder = join(sideFolder, `${packageName.replace(/^@/, '').replace('/', '-')}-${version}`)
  const command = join(folder, 'node_modules', packageName, binary)
  try {
    if (!existsSync(command)) {
      mkdirSync(folder, { recursive: true })
      const manifest = { private: true, dependencies: { [packageName]: version } }
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
      const words = ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
      const { code, output } = await run('npm', words, { cwd: folder, environment })
      if (code !== 0) return { command: null, missing: `${packageName}@${version} cannot be had: ${firstLine(output)}` }
    }
    const { code, output } = await run(command, ['--version'], { cwd: folder, environment })
    if (code === 0 && output.includes(version)) return { command, missing: null }
    return { command: null, missing: `${command} --version ended with code ${code}: ${firstLine(output)}` }
  } catch (thrown) {
    return { command: null, missing: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}

function firstLine(output: string): string {
  return output.trim().split('\n')[0] ?? ''
}
