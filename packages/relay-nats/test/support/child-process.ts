import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const sources = fileURLToPath(new URL('../../../../tsconfig.json', import.meta.url))

/** A script of this folder in a process of its own, which is killed when the test is over at the latest. */
export class ScriptProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves with its first message, by which it says that it is ready. */
  static async start(
    script: string,
    args: readonly string[],
    onMessage: (message: unknown) => void = () => {},
  ): Promise<ScriptProcess> {
    const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
      execArgv: ['--import', loader],
      env: { ...process.env, TSX_TSCONFIG_PATH: sources },
    })
    child.on('message', onMessage)
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', (code) => reject(new Error(`The process ended with ${code}.`)))
    })
    return new ScriptProcess(child)
  }

  /** Stops it where it stands, as a machine does that is overloaded or asleep. */
  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Lets it go on. */
  thaw(): void {
    this.#child.kill('SIGCONT')
  }

  /** Tells it to end in order, whatever the script means by that, and resolves once it has. */
  async leave(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.send('leave')
    await ended
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
