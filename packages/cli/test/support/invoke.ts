import { PassThrough, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import type { CommandIo } from '../../src/command-io.js'
import { run } from '../../src/run.js'

/** What one run of the command left behind. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Collects what is written. */
export class Collector extends Writable {
  text = ''
  readonly #onText: (text: string) => void

  constructor(onText: (text: string) => void = () => {}) {
    super({ decodeStrings: false })
    this.#onText = onText
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.text += chunk.toString()
    this.#onText(this.text)
    callback()
  }
}

export interface InvokeOptions extends Pick<CommandIo, 'signal' | 'environment' | 'onGuest'> {
  /** Told everything that standard output has so far. */
  readonly onOutput?: (text: string) => void
}

/** Runs the command in this process, over real sockets. */
export async function invoke(argv: readonly string[], options: InvokeOptions = {}): Promise<Outcome> {
  const { onOutput, ...io } = options
  const stdout = new Collector(onOutput)
  const stderr = new Collector()
  const code = await run(argv, { stdout, stderr, ...io })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

/** A terminal: knows its size, and that it is one. */
export function fakeTerminal(onText: (text: string) => void = () => {}): Collector & {
  isTTY: true
  columns: number
  rows: number
} {
  return Object.assign(new Collector(onText), { isTTY: true as const, columns: 100, rows: 40 })
}

/** The keyboard of a terminal. */
export class Keyboard extends PassThrough {
  readonly isTTY = true
  isRaw = false

  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw
  }
}

/** Where a line begins, as the screen writes it: row, and column 1. */
const cursorToLine = new RegExp(`${'\u001b'}\\[(?=\\d+;1H)`)

/** What a terminal shows after all that was written to it: its lines, without colours. */
export function shownOn(terminal: { readonly text: string }): readonly string[] {
  const lines: string[] = []
  for (const part of terminal.text.split(cursorToLine).slice(1)) {
    const [row = '', ...text] = part.split(';1H')
    lines[Number(row) - 1] = stripVTControlCharacters(text.join('')).trimEnd()
  }
  return lines
}

/** A pipe whose reader stops reading after the first chunk and leaves. */
export function leavingReader(): PassThrough {
  const pipe = new PassThrough()
  pipe.once('data', () => pipe.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })))
  return pipe
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
}

/** The JSON objects of some lines. */
export function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}
