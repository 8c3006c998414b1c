import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { redactRequest } from '@tapewire/core/adapter'
import { systemReason } from '../testkit-error.js'
import { CaptureError } from './capture-error.js'
import type { CaptureFrame, CaptureResponse } from './capture-record.js'
import { responsesPath } from './read-capture.js'
import { redactSecretsInAnswer, redactSecretsInUrl } from './redact-record.js'

/** One file that appears under its name when it is complete. */
class GrowingFile {
  readonly #path: string
  readonly #partPath: string
  readonly #stream: WriteStream
  #failure: Error | null = null

  constructor(path: string) {
    this.#path = path
    this.#partPath = `${path}.part`
    this.#stream = createWriteStream(this.#partPath)
    this.#stream.on('error', (error) => {
      this.#failure = error
    })
  }

  get bufferedBytes(): number {
    return this.#stream.writableLength
  }

  write(record: object): void {
    if (this.#failure !== null) throw this.#unwritable(this.#failure)
    this.#stream.write(`${JSON.stringify(record)}\n`)
  }

  async close(): Promise<void> {
    try {
      this.#stream.end()
      await finished(this.#stream)
      await rename(this.#partPath, this.#path)
    } catch (cause) {
      throw this.#unwritable(this.#failure ?? cause)
    }
  }

  async discard(): Promise<void> {
    if (!this.#stream.closed) {
      const closed = once(this.#stream, 'close')
      this.#stream.destroy()
      await closed
    }
    await rm(this.#partPath, { force: true })
  }

  #unwritable(cause: unknown): CaptureError {
    const reason = `it cannot be written (${systemReason(cause)})`
    const hint = 'Check that the folder exists, may be written to, and has room.'
    return new CaptureError('ERR_CAPTURE_UNWRITABLE', { file: this.#path, line: null }, reason, hint, cause)
  }
}

/**
 * Writes a capture as it happens: frames to `path`, REST answers to `….rest.jsonl` beside it, in the format `readCapture` reads.
 * Both files are named `….part` until `close()`. Listen keys, keys and signatures are replaced by `REDACTED` before they are written.
 */
export class CaptureWriter {
  readonly #path: string
  readonly #frames: GrowingFile
  #responses: GrowingFile | null = null

  constructor(path: string) {
    this.#path = path
    this.#frames = new GrowingFile(path)
  }

  /** Bytes taken and not yet on their way to the disk: a recorder that outruns the disk sees it here. */
  get bufferedBytes(): number {
    return this.#frames.bufferedBytes + (this.#responses?.bufferedBytes ?? 0)
  }

  /** Throws `ERR_CAPTURE_UNWRITABLE` where an earlier write has failed. */
  writeFrame({ t, dir, url, content }: Pick<CaptureFrame, 't' | 'dir' | 'url' | 'content'>): void {
    const redact = dir === 'out' ? redactRequest : redactSecretsInAnswer
    this.#frames.write({
      ...(t === null ? {} : { t }),
      dir,
      ...(url === null ? {} : { url: redactSecretsInUrl(url) }),
      ...(typeof content === 'string' ? { text: redact(content) } : { b64: content.toString('base64') }),
    })
  }

  /** Throws `ERR_CAPTURE_UNWRITABLE` where an earlier write has failed. */
  writeResponse({ t, url, status, body }: Pick<CaptureResponse, 't' | 'url' | 'status' | 'body'>): void {
    this.#responses ??= new GrowingFile(responsesPath(this.#path))
    this.#responses.write({
      ...(t === null ? {} : { t }),
      url: url === null ? null : redactSecretsInUrl(url),
      status,
      body: redactSecretsInAnswer(body),
    })
  }

  /** Completes the files and gives them their names. Rejects with `ERR_CAPTURE_UNWRITABLE`; what was written stays under `….part`. */
  async close(): Promise<void> {
    await this.#responses?.close()
    await this.#frames.close()
  }

  /** Gives up: nothing stays behind. */
  async discard(): Promise<void> {
    await Promise.all([this.#responses?.discard(), this.#frames.discard()])
  }
}
