import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { sleep, systemClock } from '@tapewire/core/adapter'
import { CliError } from '../../../cli-error.js'
import { keeperEnvironment, notFoundCode } from './keep-nats-server.js'

/** How often it is looked whether the server accepts connections yet, ms. */
const lookEveryMs = 20

/** A nats-server of this command's own: on loopback, with JetStream, on a port that was free, and gone with what it stored. */
export class OwnNatsServer {
  readonly url: string
  readonly #keeper: ChildProcess
  #isEnding = false

  private constructor(url: string, keeper: ChildProcess) {
    this.url = url
    this.#keeper = keeper
  }

  /** Rejects with `ERR_NO_NATS_SERVER` where none is installed, or it ends at once. `onFailure` is told the same where it ends by itself later on. */
  static async start(signal: AbortSignal, onFailure: (error: CliError) => void): Promise<OwnNatsServer> {
    const port = await freePort()
    const keeper = fork(process.argv[1] as string, [], {
      env: keeperEnvironment(port),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // A Ctrl-C on a terminal reaches everybody of the group, and the server is to end last.
      detached: true,
    })
    const server = new OwnNatsServer(`nats://127.0.0.1:${port}`, keeper)
    const failed = new Promise<never>((_resolve, reject) => {
      keeper.once('error', () => reject(endedAtOnce(null)))
      keeper.once('exit', (code) => reject(code === notFoundCode ? notInstalled() : endedAtOnce(code)))
    })
    failed.catch(() => {})
    try {
      await Promise.race([failed, accepts(port, signal)])
    } catch (thrown) {
      await server.close()
      throw thrown
    }
    // Relays and consumer would wait for another one without an end.
    failed.catch(() => {
      if (!server.#isEnding) onFailure(endedByItself(server.url))
    })
    return server
  }

  async close(): Promise<void> {
    this.#isEnding = true
    await untilEnded(this.#keeper, () => {
      if (this.#keeper.connected) this.#keeper.disconnect()
    })
  }
}

/** Ends a process that was started here, and waits until it is gone. */
export async function untilEnded(child: ChildProcess, end: () => void): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  end()
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

function endedByItself(url: string): CliError {
  return new CliError(
    'ERR_NO_NATS_SERVER',
    `The nats-server at ${url} ended by itself.`,
    'Start the command again. Where that happens each time, start one by hand to see why: nats-server -a 127.0.0.1 -js',
  )
}
