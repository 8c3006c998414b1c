import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished, pipeline } from 'node:stream/promises'
import { constants, createGzip, type Gzip } from 'node:zlib'
import type { Clock, Timer } from '@tapewire/core'
import { systemClock } from '@tapewire/core/adapter'
import { systemReason } from '../testkit-error.js'
import { CaptureError } from './capture-error.js'
import { isZippedPath, unfinishedPath } from './capture-paths.js'

/** How long a line waits in gzip at most, ms: what a process that is killed takes with it. */
const flushAfterMs = 1_000

/** One file of JSON lines that appears under its name when it is complete; with gzip where its name ends in `.gz`. */
export class GrowingFile {
  readonly #path: string
  readonly #file: WriteStream
  readonly #gzip: Gzip | null
  readonly #clock: Clock
  /** Set while a line waits in gzip. */
  #flushTimer: Timer | null = null
  #failure: Error | null = null
  #isDiscarded = false

  /** `onFailure` is told once, as soon as it is known, that it cannot be written. */
  constructor(path: string, onFailure: (error: CaptureError) => void, clock: Clock = systemClock) {
    this.#path = path
    this.#clock = clock
    this.#file = createWriteStream(unfinishedPath(path))
    this.#gzip = isZippedPath(path) ? createGzip() : null
    const onError = (error: Error): void => {
      if (this.#failure !== null || this.#isDiscarded) return
      this.#failure = error
      onFailure(this.#unwritable(error))
    }
    this.#file.on('error', onError)
    if (this.#gzip !== null) pipeline(this.#gzip, this.#file).catch(onError)
  }

  /** Resolves once there is such a file; rejects with `ERR_CAPTURE_UNWRITABLE`. */
  async opened(): Promise<void> {
    try {
      if (this.#file.pending) await once(this.#file, 'open')
    } catch (cause) {
      throw this.#unwritable(cause)
    }
  }

  /** Bytes taken and not yet given to the system. */
  get bufferedBytes(): number {
    const zipped = this.#gzip === null ? 0 : this.#gzip.writableLength + this.#gzip.readableLength
    return zipped + this.#file.writableLength
  }

  /** Returns how many bytes the line has, before gzip. */
  write(record: object): number {
    if (this.#failure !== null) throw this.#unwritable(this.#failure)
    if (this.#isDiscarded) return 0
    const line = `${JSON.stringify(record)}\n`
    ;(this.#gzip ?? this.#file).write(line)
    if (this.#gzip !== null) this.#flushTimer ??= this.#clock.setTimer(flushAfterMs, this.#flush)
    return Buffer.byteLength(line)
  }

  async close(): Promise<void> {
    this.#flushTimer?.cancel()
    try {
      ;(this.#gzip ?? this.#file).end()
      await finished(this.#file)
      await rename(unfinishedPath(this.#path), this.#path)
    } catch (cause) {
      throw this.#unwritable(this.#failure ?? cause)
    }
  }

  /** Nothing stays behind; what is written from now on is thrown away as well. */
  async discard(): Promise<void> {
    this.#isDiscarded = true
    this.#flushTimer?.cancel()
    this.#gzip?.destroy()
    if (!this.#file.closed) {
      // Lines that wait fail with the stream, which is what was wanted.
      const closed = new Promise<void>((resolve) => this.#file.once('close', resolve))
      this.#file.destroy()
      await closed
    }
    await rm(unfinishedPath(this.#path), { force: true })
  }

  /** What gzip holds reaches the file: without, a short recording is all in memory until its end. */
  readonly #flush = (): void => {
    this.#flushTimer = null
    if (this.#failure === null) this.#gzip?.flush(constants.Z_SYNC_FLUSH)
  }

  #unwritable(cause: unknown): CaptureError {
    const reason = `it cannot be written (${systemReason(cause)})`
    const hint = 'Check that the folder exists, may be written to, and has room.'
    return new CaptureError('ERR_CAPTURE_UNWRITABLE', { file: this.#path, line: null }, reason, hint, cause)
  }
}
