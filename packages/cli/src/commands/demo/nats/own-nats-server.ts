import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sleep, systemClock } from '@tapewire/core/adapter'
import { CliError } from '../../../cli-error.js'

/** How often it is looked whether the server accepts connections yet, ms. */
const lookEveryMs = 20

/** A nats-server of this command's own: on loopback, with JetStream, on a port that was free, and gone with what it stored. */
export class OwnNatsServer {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url
    this.#process = process
    this.#folder = folder
  }

  /** Rejects with `ERR_NO_NATS_SERVER` where none is installed, or it ends at once. */
  static async start(signal: AbortSignal): Promise<OwnNatsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tapewire-nats-'))
    const port = await freePort()
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder]
    const child = spawn('nats-server', args, { stdio: 'ignore' })
    const server = new OwnNatsServer(`nats://127.0.0.1:${port}`, child, folder)
    const failed = new Promise<never>((_resolve, reject) => {
      child.once('error', () => reject(notInstalled()))
      child.once('exit', (code) => reject(endedAtOnce(code)))
    })
    try {
      await Promise.race([failed, accepts(port, signal)])
    } catch (thrown) {
      await server.close()
      throw thrown
    }
    failed.catch(() => {})
    return server
  }

  async close(): Promise<void> {
    await end(this.#process)
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** Ends a process that was started here, and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function accepts(port: number, signal: AbortSignal): Promise<void> {
  while (!(await connects(port))) await sleep(systemClock, lookEveryMs, signal)
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

function notInstalled(): CliError {
  return new CliError(
    'ERR_NO_NATS_SERVER',
    'There is no nats-server on this machine.',
    'Install it: apt install nats-server, brew install nats-server, or https://nats.io/download. Without it: tapewire demo.',
  )
}

function endedAtOnce(code: number | null): CliError {
  return new CliError(
    'ERR_NO_NATS_SERVER',
    `nats-server ended with code ${code} before it accepted a connection.`,
    'Start it by hand to see why: nats-server -a 127.0.0.1 -js',
  )
}
