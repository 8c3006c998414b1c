import { type ChildProcess, spawn } from 'node:child_process'
import { end } from './own-nats-server.js'

/** What each of the processes relays. */
export interface RelayedShare {
  readonly exchange: string
  readonly symbols: readonly string[]
  readonly channels: readonly string[]
  readonly endpoints: { readonly url: string; readonly restUrl: string }
  readonly nats: string
}

/** How long a machine that says nothing keeps its streams in the demonstration. */
export const lease = '2s'

/** A relay in a process of its own, as on another machine: this very command, `tapewire relay`. */
export class RelayProcess {
  readonly #child: ChildProcess

  constructor(member: string, { exchange, symbols, channels, endpoints, nats }: RelayedShare) {
    const where = ['--url', endpoints.url, '--rest-url', endpoints.restUrl, '--nats', nats]
    const group = ['--group', 'demo', '--member', member, '--lease', lease, '--channels', channels.join(',')]
    const command = [process.argv[1] as string, 'relay', exchange, ...symbols, ...where, ...group]
    this.#child = spawn(process.execPath, [...process.execArgv, ...command], { stdio: 'ignore' })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** As when its machine dies. */
  kill(): Promise<void> {
    return end(this.#child, 'SIGKILL')
  }

  close(): Promise<void> {
    return end(this.#child, 'SIGTERM')
  }
}
