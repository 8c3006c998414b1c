import { writeSync } from 'node:fs'
import { interruptMessage } from './check-news.js'
import { CliError } from './cli-error.js'
import { exitCodes } from './exit-codes.js'
import { describeFailure, failureJson, failureText } from './failure.js'
import { thrownAt, thrownText } from './thrown-text.js'

/** What of the process that runs the command is listened to, and ended. */
export interface HostProcess {
  exitCode?: number | string | null | undefined
  on(event: string, listener: (thrown?: unknown) => void): unknown
  listenerCount(event: string): number
  exit(code: number): void
}

export interface ProcessGuardOptions {
  readonly host: HostProcess
  /** Whether errors are JSON lines. */
  readonly isJson: boolean
  /** Whether another process watches this one, and says when it is to end: a Ctrl-C on a terminal reaches both. */
  readonly isWatched?: boolean
  /** Whether the trace of what was thrown is shown as well. */
  readonly isDebug: boolean
  /** Writes to standard error before it returns: a process that ends waits for nothing. */
  readonly write?: (text: string) => void
}

/**
 * Ends the process as the command came out, whatever the code of a package does to it: leaves a timer behind, calls `process.exit()`, throws when nobody listens.
 * The first Ctrl-C ends the command in good order, a second one at once.
 */
export class ProcessGuard {
  readonly #options: ProcessGuardOptions
  readonly #interrupt = new AbortController()
  #guest: string | null = null
  #giveBackTerminal: (() => void) | null = null
  #isOver = false

  constructor(options: ProcessGuardOptions) {
    this.#options = options
    const { host, isWatched = false } = options
    const onSignal = isWatched ? () => {} : this.#onSignal
    host.on('SIGINT', onSignal)
    host.on('SIGTERM', onSignal)
    if (isWatched) {
      host.on('message', (message) => {
        if (message === interruptMessage) this.#onSignal()
      })
      // Who watched it is gone.
      host.on('disconnect', () => this.end(exitCodes.interrupted))
    }
    host.on('uncaughtException', this.#onThrown)
    host.on('unhandledRejection', (thrown) => {
      // A check listens while it runs, and tells it as its own result.
      if (host.listenerCount('unhandledRejection') === 1) this.#onThrown(thrown)
    })
    host.on('exit', this.#onExit)
  }

  /** Aborted by the first Ctrl-C. */
  get signal(): AbortSignal {
    return this.#interrupt.signal
  }

  /** From now on the code of this package runs here. */
  readonly onGuest = (name: string): void => {
    this.#guest = name
  }

  /** From now on a screen is shown, which this takes away; null where none is any more. */
  readonly onScreen = (giveBack: (() => void) | null): void => {
    this.#giveBackTerminal = giveBack
  }

  /** The command is done and everything is written: ends the process, whatever a package still waits for. */
  end(code: number): void {
    this.#isOver = true
    this.#giveBackTerminal?.()
    this.#options.host.exit(code)
  }

  readonly #onSignal = (): void => {
    if (this.#interrupt.signal.aborted) this.end(exitCodes.interrupted)
    else this.#interrupt.abort()
  }

  readonly #onThrown = (thrown: unknown): void => {
    if (this.#isOver) return
    this.#tell(this.#guest === null ? thrown : strayError(this.#guest, thrown))
    if (this.#options.isDebug && thrown instanceof Error) this.#write(`${thrown.stack}\n`)
    this.end(exitCodes.failed)
  }

  readonly #onExit = (): void => {
    if (this.#isOver) return
    this.#isOver = true
    this.#tell(endedError(this.#guest))
    this.#options.host.exitCode = exitCodes.failed
  }

  #tell(thrown: unknown): void {
    // What is said on a screen that goes away is never read.
    this.#giveBackTerminal?.()
    const failure = describeFailure(thrown)
    this.#write(`${this.#options.isJson ? failureJson(failure) : failureText(failure)}\n`)
  }

  #write(text: string): void {
    const { write = writeToStandardError } = this.#options
    write(text)
  }
}

function writeToStandardError(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // Nobody reads it.
  }
}

function strayError(guest: string, thrown: unknown): CliError {
  const at = thrownAt(thrown)
  return new CliError(
    'ERR_PACKAGE_BROKEN',
    `While ${guest} was in use, something was thrown that nobody could catch: ${thrownText(thrown)}${at === null ? '' : ` (at ${at})`}.`,
    'It comes from a timer, an event or a promise that the package left behind: catch it there.',
  )
}

function endedError(guest: string | null): CliError {
  return new CliError(
    'ERR_PACKAGE_BROKEN',
    `The process was ended before the command was done${guest === null ? '' : `, while ${guest} was in use`}.`,
    'Code of a package called process.exit(), which it must leave to the program.',
  )
}
