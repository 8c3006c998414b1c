import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

/** `tapewire dashboard` over an emulation, as its users start it. */
export class DashboardCommand {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, url: string) {
    this.#child = child
    this.url = url
  }

  /** Emulates Gate.io with so many things happening a second on each market. */
  static async start(rate: number): Promise<DashboardCommand> {
    const program = createRequire(import.meta.url).resolve('tapewire/bin/tapewire.js')
    const flags = ['dashboard', '--emulate', 'gateio_spot', '--rate', String(rate), '--port', '0', '--json']
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

  async end(): Promise<void> {
    this.#child.kill('SIGTERM')
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
  }
}
