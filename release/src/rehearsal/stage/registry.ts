import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { succeed } from '../../command/run.js'

/** The registry's server, and what of it must not be older. It is no dependency of ours: it lies in a folder that git does not see. */
const verdaccio = { dependencies: { verdaccio: '6.8.0' }, overrides: { 'node-fetch': '2.7.0' } }
/** How long it may take to answer, ms. */
const patienceMs = 30_000

/** A package as a registry tells of it. */
export interface PublishedPackage {
  readonly versions: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly 'dist-tags': { readonly latest?: string }
}

/** A registry on this machine: our packages are its own, and all others it fetches from the usual one. */
export class Registry {
  readonly url: string
  /** Who may publish. Made up, and worth nothing elsewhere. */
  readonly token: string
  readonly #process: ChildProcess

  private constructor(url: string, token: string, process: ChildProcess) {
    this.url = url
    this.token = token
    this.#process = process
  }

  /** Installs it below `sideFolder` where it is not there, and starts it with nothing published. */
  static async start(sideFolder: string, folder: string, environment: NodeJS.ProcessEnv): Promise<Registry> {
    const program = join(sideFolder, 'node_modules/verdaccio/bin/verdaccio')
    if (!existsSync(program)) {
      mkdirSync(sideFolder, { recursive: true })
      writeFileSync(join(sideFolder, 'package.json'), JSON.stringify({ private: true, ...verdaccio }))
      const words = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
      await succeed('npm', words, { cwd: sideFolder, environment })
    }
    const usual = (await succeed('npm', ['config', 'get', 'registry'], { cwd: sideFolder, environment })).stdout.trim()
    const port = await freePort()
    const url = `http://127.0.0.1:${port}/`
    mkdirSync(folder, { recursive: true })
    const config = join(folder, 'config.yaml')
    writeFileSync(config, configOf(folder, usual))
    const child = spawn(process.execPath, [program, '--config', config, '--listen', `127.0.0.1:${port}`], {
      cwd: folder,
      env: environment,
      stdio: 'ignore',
    })
    try {
      await answers(url)
      return new Registry(url, await addUser(url), child)
    } catch (thrown) {
      child.kill('SIGKILL')
      throw thrown
    }
  }

  /** Null where it has no such package. */
  async find(name: string): Promise<PublishedPackage | null> {
    const response = await fetch(`${this.url}${name.replace('/', '%2f')}`)
    return response.ok ? ((await response.json()) as PublishedPackage) : null
  }

  /** The lines of an `.npmrc` of somebody who may publish. */
  get npmrc(): string {
    return `registry=${this.url}\n${this.url.replace('http:', '')}:_authToken=${this.token}\n`
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 3_000)
    await ended
    clearTimeout(timer)
  }
}

function configOf(folder: string, usual: string): string {
  const mine = "access: '$all'\n    publish: '$authenticated'\n    unpublish: '$authenticated'"
  return `storage: ${JSON.stringify(join(folder, 'storage'))}
auth:
  htpasswd:
    file: ${JSON.stringify(join(folder, 'htpasswd'))}
    max_users: 10
uplinks:
  usual:
    url: ${JSON.stringify(usual)}
    maxage: 30m
    timeout: 60s
packages:
  '@tapewire/*':
    ${mine}
  'tapewire':
    ${mine}
  '**':
    access: '$all'
    proxy: usual
log: { type: stdout, format: pretty, level: error }
web: { enable: false }
`
}

async function answers(url: string): Promise<void> {
  const until = Date.now() + patienceMs
  for (;;) {
    try {
      if ((await fetch(`${url}-/ping`)).ok) return
    } catch {
      // Not yet.
    }
    if (Date.now() > until) throw new Error(`The registry at ${url} does not answer.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function addUser(url: string): Promise<string> {
  const body = JSON.stringify({ name: 'rehearsal', password: 'rehearsal-rehearsal', type: 'user' })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}-/user/org.couchdb.user:rehearsal`, { method: 'PUT', headers, body })
  const { token } = (await response.json()) as { token?: string }
  if (token === undefined) throw new Error(`The registry gives no token: it answered ${response.status}.`)
  return token
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
