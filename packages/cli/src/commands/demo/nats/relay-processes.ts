import { type ChildProcess, fork } from 'node:child_process'
import { interruptMessage } from '../../../check-news.js'
import { type WatchedNews, watchedEnvironment } from '../../../watched-process.js'
import { untilEnded } from './own-nats-server.js'

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

/** A relay in a process of its own, as on another machine: this very command, `tapewire relay`, which ends with the process that started it, however that one ends. */
export class RelayProcess {
  readonly member: string
  readonly #child: ChildProcess
  #symbols: readonly string[] = []

  constructor(member: string, { exchange, symbols, channels, endpoints, nats }: RelayedShare) {
    const where = ['--url', endpoints.url, '--rest-url', endpoints.restUrl, '--nats', nats]
    const group = ['--group', 'demo', '--member', member, '--lease', lease, '--channels', channels.join(',')]
    this.member = member
    this.#child = fork(process.argv[1] as string, ['relay', exchange, ...symbols, ...where, ...group], {
      env: watchedEnvironment(),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#child.on('message', (news: WatchedNews) => {
      if (news.kind === 'owned') this.#symbols = news.symbols
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** The instruments that it has now, as far as it said. */
  get symbols(): readonly string[] {
    return this.#symbols
  }

  /** As when its machine dies. */
  kill(): Promise<void> {
    return untilEnded(this.#child, () => this.#child.kill('SIGKILL'))
  }

  close(): Promise<void> {
    return untilEnded(this.#child, () => {
      // One that ends at this very moment hears nothing any more.
      if (this.#child.connected) this.#child.send(interruptMessage, () => {})
    })
  }
}
