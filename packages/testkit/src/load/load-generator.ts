import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { systemReason, TestkitError } from '../testkit-error.js'
import { loadBlocks } from './load-blocks.js'

/** What is sent, and when. */
export interface LoadOptions {
  /** The frames, sent over and over in this order. */
  readonly contents: readonly (string | Buffer)[]
  /** Frames every client is sent. */
  readonly total: number
  /** When it begins for a client: with its first message (default), at once, or with `begin()`. */
  readonly startOn?: 'message' | 'connection' | 'begin'
  /** Answers what a client sends: a function `(message: string | Buffer) => (string | Buffer)[]`, as the file URL of its module and its name there. */
  readonly acknowledge?: { readonly module: string; readonly name: string }
}

/** A running load generator. */
export interface LoadGenerator {
  readonly url: string
  /** Bytes on the wire of one client's load, frame headers included. */
  readonly totalBytes: number
  /** Resolves when the first client was sent everything. Rejects with `ERR_SERVER_FAILED` where the process ends before that, but not because of `close()`. */
  readonly done: Promise<void>
  /** Begins for every client, present or to come; for `startOn: 'begin'`. */
  begin(): void
  /** Ends the process; resolves when it has ended. */
  close(): Promise<void>
}

type WorkerMessage = { readonly port: number } | { readonly sent: number } | { readonly failure: string }

/**
 * Starts a process of its own that sends prebuilt frames as fast as a client takes them: a sender that costs the measured process nothing.
 * Throws a `RangeError` for an empty load; rejects with `ERR_SERVER_FAILED` where the process does not start.
 */
export async function startLoadGenerator(options: LoadOptions): Promise<LoadGenerator> {
  const { totalBytes, ...blocks } = loadBlocks(options.contents, options.total)
  const worker = createRequire(import.meta.url).resolve('#load-worker')
  const child = fork(worker, { execArgv: [], serialization: 'advanced' })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const done = sentEverything(child)
  // Whoever does not look at `done` shall not be ended by its rejection.
  done.catch(() => {})
  child.send({
    settings: { ...blocks, startOn: options.startOn ?? 'message', acknowledge: options.acknowledge ?? null },
  })
  const port = await listeningPort(child)
  return {
    url: `ws://127.0.0.1:${port}/`,
    totalBytes,
    done,
    // A process that has ended has nothing to begin; `done` says so.
    begin: () => void child.send({ begin: true }, () => {}),
    async close() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

function listeningPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(workerFailed(systemReason(cause))))
    child.once('exit', () => reject(workerFailed('it ended')))
    child.on('message', (message: WorkerMessage) => {
      if ('port' in message) resolve(message.port)
      if (!('failure' in message)) return
      child.kill('SIGKILL')
      reject(workerFailed(message.failure))
    })
  })
}

function sentEverything(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: WorkerMessage) => {
      if ('sent' in message) resolve()
    })
    child.once('exit', () => reject(workerFailed('it ended before everything was sent')))
  })
}

function workerFailed(reason: string): TestkitError {
  const hint = 'Check the module that acknowledges, and that the package is complete.'
  return new TestkitError('ERR_SERVER_FAILED', `The load generator failed: ${reason}.`, hint)
}
