import { type ChildProcess, fork } from 'node:child_process'
import { interruptMessage } from '../../../check-news.js'
import { CliError } from '../../../cli-error.js'
import { type WatchedNews, watchedEnvironment } from '../../../watched-process.js'
import { untilEnded } from './own-nats-server.js'

/** What each of the processes relays. */
export interface RelayedShare {
  readonly exchange: string
  /** The package that has the exchange, where it is not the usual one. */
  readonly packageName: string | undefined
  readonly symbols: readonly string[]
  readonly channels: readonly string[]
  readonly endpoints: { readonly url: string; readonly restUrl: string }
  readonly nats: string
}

/** How long a machine that says nothing keeps its streams in the demonstration. */
export const lease = '2s'

/** How much is kept of what a process says, characters: the end of it. */
const mostSaid = 2_000

/** A relay in a process of its own, as on another machine: this very command, `tapewire relay`, which ends with the process that started it, however that one ends. */
export class RelayProcess {
  readonly member: string
  readonly #child: ChildProcess
  #symbols: readonly string[] = []
  #isEnding = false
  #said = ''

  /** `onFailure` is told where it ends by itself: an `ERR_RELAY_ENDED`. */
  constructor(member: string, share: RelayedShare, onFailure: (error: CliError) => void) {
    const { exchange, packageName, symbols, channels, endpoints, nats } = share
    const where = ['--url', endpoints.url, '--rest-url', endpoints.restUrl, '--nats', nats]
    const group = ['--group', 'demo', '--member', member, '--lease', lease, '--channels', channels.join(',')]
    const from = packageName === undefined ? [] : ['--package', packageName]
    this.member = member
    this.#child = fork(process.argv[1] as string, ['relay', exchange, ...symbols, ...where, ...group, ...from], {
      env: watchedEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.stderr?.on('data', (chunk) => {
      this.#said = `${this.#said}${chunk}`.slice(-mostSaid)
    })
    this.#child.on('message', (news: WatchedNews) => {
      if (news.kind === 'owned') this.#symbols = news.symbols
    })
    // Once everything that it said is read.
    this.#child.once('close', (code, signal) => {
      if (this.#isEnding) return
      const last = this.#said.trim().split('\n').at(-1)
      onFailure(endedByItself(`Relay ${member} of ${exchange} was ended by ${signal ?? `code ${code}`}.`, last ?? ''))
    })
    this.#child.once('error', ({ message }) => {
      onFailure(endedByItself(`Relay ${member} of ${exchange} cannot be started.`, message))
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
    this.#isEnding = true
    return untilEnded(this.#child, () => this.#child.kill('SIGKILL'))
  }

  close(): Promise<void> {
    this.#isEnding = true
    return untilEnded(this.#child, () => {
      // One that ends at this very moment hears nothing any more.
      if (this.#child.connected) this.#child.send(interruptMessage, () => {})
    })
  }
}

function endedByItself(what: string, said: string): CliError {
  return new CliError('ERR_RELAY_ENDED', what, said === '' ? 'It said nothing.' : `It said: ${said}`)
}
