import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { succeed } from '../../command/run.js'
import { pnpmOf } from '../../command/surroundings.js'

/** One of the packages that are published, as its manifest has it. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly [field: string]: unknown
}

/** A copy of the tree as it is on disk, with a git of its own: whatever a release does, it does there. */
export class WorkspaceCopy {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv

  constructor(folder: string, environment: NodeJS.ProcessEnv) {
    this.folder = folder
    this.environment = environment
  }

  /** Copies what git knows or would add, and installs what it depends on. */
  async fill(root: string): Promise<void> {
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
    const { stdout } = await succeed('git', list, { cwd: root, environment: this.environment })
    for (const file of stdout.split('\0')) {
      // A file that was deleted and not committed is listed, and is not there.
      if (file === '' || !existsSync(join(root, file))) continue
      mkdirSync(dirname(join(this.folder, file)), { recursive: true })
      cpSync(join(root, file), join(this.folder, file), { verbatimSymlinks: true })
    }
    await this.#git('init', '--quiet', '--initial-branch', 'main')
    await this.commit('the tree as it is')
    const [command, pnpm] = pnpmOf(root)
    await this.run(command, [pnpm, 'install', '--frozen-lockfile', '--prefer-offline'])
  }

  async commit(message: string): Promise<void> {
    await this.#git('add', '--all')
    const author = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@localhost']
    await this.#git(...author, 'commit', '--quiet', '--no-verify', '--message', message)
  }

  /** Undoes what was not committed. */
  async reset(): Promise<void> {
    await this.#git('checkout', '--quiet', '--', '.')
    await this.#git('clean', '--quiet', '--force', '-d')
  }

  /** The packages that are published, by folder name. */
  manifests(): ReadonlyMap<string, Manifest> {
    const folders = readdirSync(join(this.folder, 'packages')).sort()
    return new Map(folders.map((name) => [name, this.manifest(name)]))
  }

  manifest(name: string): Manifest {
    return JSON.parse(this.read(`packages/${name}/package.json`)) as Manifest
  }

  /** Rewrites a package's manifest by what `change` makes of it. */
  changeManifest(name: string, change: (manifest: Manifest) => object): void {
    this.write(`packages/${name}/package.json`, `${JSON.stringify(change(this.manifest(name)), null, 2)}\n`)
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8')
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  /** Runs a command in it, and rejects where that fails. */
  async run(command: string, words: readonly string[]): Promise<string> {
    return (await succeed(command, words, { cwd: this.folder, environment: this.environment })).output
  }

  async #git(...words: string[]): Promise<void> {
    await this.run('git', words)
  }
}
