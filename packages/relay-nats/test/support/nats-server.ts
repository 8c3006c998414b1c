import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether this machine has a `nats-server`: tests that need one are skipped, visibly, where it has none. */
export const hasNatsServer: boolean = spawnSync('nats-server', ['--version']).status === 0

/** How a server is started. */
export interface NatsServerOptions {
  /** Further arguments of `nats-server`: credentials, TLS, a cluster. */
  readonly args?: readonly string[]
  readonly name?: string
  /** What is in its configuration besides. */
  readonly config?: string
  /** Default false. */
  readonly isWithoutJetStream?: boolean
}

/** A real `nats-server` with JetStream on loopback, at one port and with one store for all of its lives. */
export class NatsServer {
  readonly port: number
  readonly #folder: string
  readonly #options: NatsServerOptions
  #process: ChildProcess | null = null

  private constructor(port: number, folder: string, options: NatsServerOptions) {
    this.port = port
    this.#folder = folder
    this.#options = options
  }

  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tapewire-nats-'))
    const server = new NatsServer(await freePort(), folder, options)
    await server.restart()
    return server
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`
  }

  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new Error('The nats-server is not running.')
    return pid
  }

  /** What it has written to its log. */
  log(): Promise<string> {
    return readFile(this.#logFile, 'utf8')
  }

  get #logFile(): string {
    return join(this.#folder, 'server.log')
  }

  /** Starts it where it is stopped, with what it has stored. */
  async restart(): Promise<void> {
    if (this.#process !== null) await this.stop()
    const { config, args = [], name = 'tapewire-test', isWithoutJetStream = false } = this.#options
    const store = isWithoutJetStream ? [] : ['-js', '-sd', this.#folder]
    const base = ['-a', '127.0.0.1', '-p', String(this.port), '-n', name, '-l', this.#logFile, ...store]
    const file = join(this.#folder, 'server.conf')
    if (config !== undefined) await writeFile(file, config)
    const configured = config === undefined ? [] : ['-c', file]
    this.#process = spawn('nats-server', [...base, ...configured, ...args], { stdio: 'ignore' })
    await untilAccepting(this.port)
  }

  /** In order (`SIGTERM`), or not (`SIGKILL`). */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process
    if (child === null) return
    this.#process = null
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGCONT')
    child.kill(signal)
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop('SIGKILL')
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** Servers that are one cluster, each with JetStream. */
export async function startCluster(size: number): Promise<readonly NatsServer[]> {
  const ports = await Promise.all(Array.from({ length: size }, () => freePort()))
  const routes = ports.map((port) => `nats-route://127.0.0.1:${port}`).join(',')
  return Promise.all(
    ports.map((port, index) =>
      NatsServer.start({
        name: `tapewire-test-${index + 1}`,
        args: ['--cluster_name', 'tapewire-test', '--cluster', `nats-route://127.0.0.1:${port}`, '--routes', routes],
      }),
    ),
  )
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

/** Resolves once something accepts connections there; the test's own time limit ends the wait. */
async function untilAccepting(port: number): Promise<void> {
  for (;;) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: '127.0.0.1', port })
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (accepted) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
