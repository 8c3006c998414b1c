import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether this machine has a `nats-server`: tests that need one are skipped, visibly, where it has none. */
export const hasNatsServer: boolean = spawnSync('nats-server', ['--version']).status === 0

/** Ticks of a second that Linux counts processor time in, for whoever reads it. */
const ticksPerSecond = 100

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

/** A real `nats-server` on loopback, for tests and benchmarks: with JetStream unless that is left out, at one port and with one store for all of its lives. */
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

  /** Starts it where it is stopped, with what it has stored. Rejects where this machine has none, or it ends at once. */
  async restart(): Promise<void> {
    if (this.#process !== null) await this.stop()
    const { config, args = [], name = 'tapewire-test', isWithoutJetStream = false } = this.#options
    const store = isWithoutJetStream ? [] : ['-js', '-sd', this.#folder]
    const base = ['-a', '127.0.0.1', '-p', String(this.port), '-n', name, '-l', this.#logFile, ...store]
    const file = join(this.#folder, 'server.conf')
    if (config !== undefined) await writeFile(file, config)
    const configured = config === undefined ? [] : ['-c', file]
    const child = spawn('nats-server', [...base, ...configured, ...args], { stdio: 'ignore' })
    this.#process = child
    const failed = new Promise<never>((_resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`nats-server ended with code ${code}.`)))
    })
    failed.catch(() => {})
    const waiting = new AbortController()
    try {
      await Promise.race([untilAccepting(this.port, waiting.signal), failed])
    } finally {
      waiting.abort()
    }
  }

  /** Processor time of the server so far, of one core, s; NaN where this system has no `/proc`. */
  get cpuSeconds(): number {
    try {
      // Behind the name, which is in brackets and may hold anything: the 14th and 15th field of all, user and system.
      const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    } catch {
      return Number.NaN
    }
  }

  /** In order (`SIGTERM`), or not (`SIGKILL`). */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#process
    if (child === null) return
    this.#process = null
    if (child.exitCode !== null || child.signalCode !== null) return
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

/** Resolves once something accepts connections there, or nobody waits for it any more. */
async function untilAccepting(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: '127.0.0.1', port })
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (accepted) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
