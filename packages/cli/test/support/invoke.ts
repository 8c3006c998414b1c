import { PassThrough, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
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
