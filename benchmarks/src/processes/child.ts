import { type ChildProcess, fork } from 'node:child_process'
import { type Build, entryOf, type ProcessName, thisBuild } from './build.js'
import type { ChildFailure } from './child-side.js'

/** How long a report may take: longer than any step does, so that nothing is waited for without end. */
const silenceMs = 150_000

interface Waiting {
  readonly kind: string
  resolve(report: never): void
  reject(error: Error): void
}

export interface ChildOptions {
  readonly nodeFlags?: readonly string[]
  /** Default: that of this checkout. */
  readonly build?: Build
}

/** A process of ours: commands go in, reports come out. */
export class Child<Command extends { readonly kind: string }, Report extends { readonly kind: string }> {
  readonly #child: ChildProcess
  readonly #name: ProcessName
  readonly #exited: Promise<void>
  readonly #reports: Report[] = []
  readonly #waiting: Waiting[] = []
  #failure: Error | null = null
  /** Never resolves; rejects with what the process failed of. */
  readonly failed: Promise<never>
  #rejectFailed: (error: Error) => void = () => {}

  constructor(name: ProcessName, { nodeFlags = [], build = thisBuild }: ChildOptions = {}) {
    this.#name = name
    this.failed = new Promise((_resolve, reject) => {
      this.#rejectFailed = reject
    })
    // Whoever does not look at it shall not be ended by its rejection.
    this.failed.catch(() => {})
    this.#child = fork(entryOf(name, build), { execArgv: [...nodeFlags], serialization: 'advanced' })
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#fail(`it ended with ${signal ?? code}`)
        resolve()
      })
    })
    this.#child.once('error', (error) => this.#fail(error.message))
    this.#child.on('message', (message: Report | ChildFailure) => {
      if (message.kind === 'failure') this.#fail((message as ChildFailure).reason)
      else this.#take(message as Report)
    })
  }

  send(command: Command): void {
    // A process that has ended says so to whoever waits for its report.
    this.#child.send(command, () => {})
  }

  /** The next report of this kind; rejects with what the process failed of. */
  next<Kind extends Report['kind']>(kind: Kind): Promise<Extract<Report, { readonly kind: Kind }>> {
    const index = this.#reports.findIndex((report) => report.kind === kind)
    if (index >= 0)
      return Promise.resolve(this.#reports.splice(index, 1)[0] as Extract<Report, { readonly kind: Kind }>)
    if (this.#failure !== null) return Promise.reject(this.#failure)
    const timer = setTimeout(() => this.#fail(`it has said nothing for ${silenceMs / 1000} s`), silenceMs)
    return new Promise<Extract<Report, { readonly kind: Kind }>>((resolve, reject) => {
      this.#waiting.push({ kind, resolve, reject })
    }).finally(() => clearTimeout(timer))
  }

  /** Ends the process; resolves when it is gone. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  #take(report: Report): void {
    const index = this.#waiting.findIndex(({ kind }) => kind === report.kind)
    if (index < 0) this.#reports.push(report)
    else this.#waiting.splice(index, 1)[0]?.resolve(report as never)
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(`The ${this.#name} failed: ${reason}`)
    this.#rejectFailed(this.#failure)
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}
