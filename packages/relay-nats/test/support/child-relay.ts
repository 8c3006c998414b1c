import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { RelayScene } from './scene.js'

const entry = fileURLToPath(new URL('./relay-process.ts', import.meta.url))
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const sources = fileURLToPath(new URL('../../../../tsconfig.json', import.meta.url))

/** A relay in a process of its own, which is killed when the test is over at the latest. */
export class ChildRelay {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves once it publishes. */
  static async start({ nats, venue }: RelayScene): Promise<ChildRelay> {
    const child = fork(entry, [nats.url, venue.url, venue.restUrl], {
      execArgv: ['--import', loader],
      env: { ...process.env, TSX_TSCONFIG_PATH: sources },
    })
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', (code) => reject(new Error(`The relay ended with ${code}.`)))
    })
    return new ChildRelay(child)
  }

  /** Ends it as a machine does that loses its power: nothing is said to anybody. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.kill('SIGKILL')
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
