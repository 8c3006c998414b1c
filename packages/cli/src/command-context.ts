import { CliError } from './cli-error.js'
import type { CommandIo } from './command-io.js'
import { exitCodes } from './exit-codes.js'
import { describeFailure, failureJson, failureText } from './failure.js'
import { divertConsole } from './terminal/divert-console.js'
import { LineWriter } from './terminal/line-writer.js'
import { type Palette, paletteFor } from './terminal/palette.js'

/** Of days on a screen the last lines matter. */
const mostHeld = 100

/** One run of the command: where it writes, what ends it, what it ends with. */
export class CommandContext {
  readonly io: CommandIo
  /** Standard output: results only. */
  readonly out: LineWriter
  /** Whether errors and notices are JSON lines too. */
  readonly isJson: boolean
  /** Whether a person looks at standard output. */
  readonly isTerminal: boolean
  /** On a terminal, unless `NO_COLOR` (no-color.org) or `--no-color` says otherwise. */
  readonly hasColours: boolean
  readonly palette: Palette
  /** Aborted by Ctrl-C, or when nobody reads standard output any more. */
  readonly signal: AbortSignal
  exitCode: number = exitCodes.done
  readonly #errors: LineWriter
  /** What is said while a screen is shown on the terminal that standard error is; null where it is said at once. */
  #held: string[] | null = null
  #onNotice: (text: string) => void = () => {}
  readonly #end = new AbortController()
  readonly #onInterrupt: () => void
  #giveConsoleBack = (): void => {}
  /** Why nobody reads standard output; null where the reader left, undefined while it is read. */
  #outputFailure: Error | null | undefined

  constructor(io: CommandIo, argv: readonly string[]) {
    const { environment = {} } = io
    this.io = io
    this.isJson = argv.includes('--json')
    this.isTerminal = io.stdout.isTTY === true && environment.TERM !== 'dumb'
    this.hasColours = this.isTerminal && !environment.NO_COLOR && !argv.includes('--no-color')
    this.palette = paletteFor(this.hasColours)
    this.signal = this.#end.signal
    this.#errors = new LineWriter(io.stderr, () => {})
    this.out = new LineWriter(io.stdout, (failure) => {
      this.#outputFailure = failure
      this.#end.abort(new CliError('ERR_INTERRUPTED', 'Nobody reads the output.', 'Nothing is wrong.'))
    })
    this.#onInterrupt = () => this.interrupt()
    io.signal?.addEventListener('abort', this.#onInterrupt, { once: true })
    if (io.signal?.aborted === true) this.interrupt()
  }

  /** Ends the command, as Ctrl-C does. */
  interrupt(): void {
    this.#end.abort(new CliError('ERR_INTERRUPTED', 'Interrupted.', 'Run it again for the whole result.'))
  }

  /** Something that was survived, on standard error. */
  warn(thrown: unknown): void {
    const failure = describeFailure(thrown)
    this.#say(this.isJson ? failureJson(failure, 'warning') : failureText(failure, 'warning'))
  }

  /** Something worth knowing while it happens, on standard error. */
  note(text: string): void {
    this.#say(this.isJson ? JSON.stringify({ note: text }) : text)
  }

  /** Whether a screen can be shown: a person looks at it, on a terminal that can be drawn on, with keys. Build servers have terminals that nobody looks at. */
  get canShowScreen(): boolean {
    const { stdin, environment = {} } = this.io
    return this.isTerminal && !this.isJson && !environment.CI && stdin?.isTTY === true && stdin.setRawMode !== undefined
  }

  /** A screen is shown from now on, which is told every notice; on the same terminal they wait until it is gone. Returns what says so. */
  holdNotices(onNotice: (text: string) => void): () => void {
    this.#onNotice = onNotice
    if (this.io.stderr.isTTY === true) this.#held = []
    return () => {
      this.#onNotice = () => {}
      const held = this.#held ?? []
      this.#held = null
      for (const text of held) this.#say(text)
    }
  }

  #say(text: string): void {
    this.#onNotice(text)
    if (this.#held === null) void this.#errors.line(text)
    else if (this.#held.push(text) > mostHeld) this.#held.shift()
  }

  /** The code of a package is about to run here: what it writes to the console is a note, for standard output is ours until the command has ended. */
  admitGuest(name: string): void {
    this.io.onGuest?.(name)
    this.#giveConsoleBack()
    this.#giveConsoleBack = divertConsole((text) => this.note(text))
  }

  /** Reports what ended the command, and says with which code it ends. An interrupt needs no words. */
  fail(thrown: unknown): void {
    if (this.#outputFailure !== undefined) return
    const failure = describeFailure(thrown)
    this.exitCode = failure.exitCode
    if (failure.exitCode !== exitCodes.interrupted) {
      void this.#errors.line(this.isJson ? failureJson(failure) : failureText(failure))
    }
    if (failure.code === 'ERR_UNEXPECTED' && this.io.environment?.TAPEWIRE_DEBUG && thrown instanceof Error) {
      void this.#errors.line(thrown.stack ?? '')
    }
  }

  /** Text as it is on standard error: help after a wrong call. */
  showHelp(text: string): void {
    void this.#errors.text(text)
  }

  /** Waits until everything is written. A reader that left is no failure; a full disk is. */
  async finish(): Promise<void> {
    this.io.signal?.removeEventListener('abort', this.#onInterrupt)
    await this.out.release()
    if (this.#outputFailure instanceof Error) {
      this.exitCode = exitCodes.failed
      const error = new CliError(
        'ERR_OUTPUT_FAILED',
        `Standard output cannot be written: ${this.#outputFailure.message}.`,
        'Check that there is room where it goes.',
      )
      void this.#errors.line(failureText(describeFailure(error)))
    }
    await this.#errors.release()
    this.#giveConsoleBack()
  }
}
