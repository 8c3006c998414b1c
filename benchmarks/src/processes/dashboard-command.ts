import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

/** What is shown, and where it is to be had. */
export interface ShownMarkets {
  /** `BTC/USDT` */
  readonly symbols: readonly string[]
  readonly url: string
  readonly restUrl: string
}

/** `tapewire dashboard` over an exchange, as its users start it. */
export class DashboardCommand {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
  }

  /** Shows these symbols of Gate.io, which is at these addresses. */
  static async start({ symbols, url, restUrl }: ShownMarkets): Promise<DashboardCommand> {
    const program = createRequire(import.meta.url).resolve('tapewire/bin/tapewire.js')
    const endpoints = ['--url', url, '--rest-url', restUrl]
    const flags = ['dashboard', 'gateio_spot', ...symbols, ...endpoints, '--port', '0', '--json']
    const child = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`tapewire dashboard ended with ${code}`)
    })
    const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
    return new DashboardCommand(child, (JSON.parse(String(line[0])) as { url: string }).url)
  }

  /** Processor time that the process has taken, seconds; null where the system does not tell. Source: proc_pid_stat(5), fields 14 and 15, in hundredths. */
  cpuSeconds(): number | null {
    try {
      const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      return (Number(fields[11]) + Number(fields[12])) / 100
    } catch {
      return null
    }
  }

  /** Memory that the process has of the machine, bytes; null where the system does not tell. Source: proc_pid_status(5), VmRSS. */
  residentBytes(): number | null {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
    } catch {
      return null
    }
  }

  async end(): Promise<void> {
    this.#child.kill('SIGTERM')
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
  }
}
