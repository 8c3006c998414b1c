import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Ticks of a second that Linux counts processor time in, for whoever reads it. */
const ticksPerSecond = 100

/** A `nats-server` of its own on loopback. */
export class LocalNats {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string | null

  private constructor(port: number, process: ChildProcess, folder: string | null) {
    this.url = `nats://127.0.0.1:${port}`
    this.#process = process
    this.#folder = folder
  }

  /** With JetStream where it is to have a store. Rejects where this machine has no `nats-server`. */
  static async start({ hasStore = false }: { readonly hasStore?: boolean } = {}): Promise<LocalNats> {
    const port = await freePort()
    const folder = hasStore ? await mkdtemp(join(tmpdir(), 'tapewire-bench-nats-')) : null
    const store = folder === null ? [] : ['-js', '-sd', folder]
    const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port), ...store], { stdio: 'ignore' })
    const failed = new Promise<never>((_resolve, reject) => child.once('error', reject))
    await Promise.race([untilAccepting(port), failed])
    return new LocalNats(port, child, folder)
  }

  /** Processor time of the server so far, of one core; NaN where this system has no `/proc`. */
  get cpuSeconds(): number {
    try {
      // Behind the name, which is in brackets and may hold anything: the 14th and 15th field of all, user and system.
      const fields = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
    } catch {
      return Number.NaN
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()))
    this.#process.kill('SIGKILL')
    await ended
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function untilAccepting(port: number): Promise<void> {
  for (;;) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: '127.0.0.1', port }, () => {
        socket.destroy()
        resolve(true)
      }).once('error', () => resolve(false))
    })
    if (isThere) return
    await sleep(10)
  }
}
