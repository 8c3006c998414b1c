import { redactRequest, redactSecretsInAnswer, redactSecretsInUrl } from '@tapewire/core/adapter'
import type { CaptureError } from './capture-error.js'
import { booksPath, responsesPath } from './capture-paths.js'
import type { CaptureBook, CaptureFrame, CaptureResponse } from './capture-record.js'
import { GrowingFile } from './growing-file.js'

/**
 * Writes a capture as it happens: frames to `path`, REST answers to `….rest.jsonl` beside it, order books that it begins with to `….books.jsonl`, in the format
 * `readCapture` reads, with gzip where the name ends in `.gz`. All are named `….part` until `close()`. Listen keys, keys and signatures are replaced by `REDACTED`
 * before they are written.
 */
export class CaptureWriter {
  readonly #path: string
  readonly #onFailure: (error: CaptureError) => void
  readonly #frames: GrowingFile
  #responses: GrowingFile | null = null
  #books: GrowingFile | null = null
  #writtenBytes = 0

  /** `onFailure` is told as soon as it is known that nothing can be written any more (`ERR_CAPTURE_UNWRITABLE`), once. */
  constructor(path: string, onFailure: (error: CaptureError) => void = () => {}) {
    let isTold = false
    this.#onFailure = (error) => {
      if (!isTold) onFailure(error)
      isTold = true
    }
    this.#path = path
    this.#frames = new GrowingFile(path, this.#onFailure)
  }

  /** Resolves once the file for the frames is there; rejects with `ERR_CAPTURE_UNWRITABLE` where it cannot be. */
  opened(): Promise<void> {
    return this.#frames.opened()
  }

  /** Bytes taken and not yet on their way to the disk: a recorder that outruns the disk sees it here. */
  get bufferedBytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bufferedBytes, 0)
  }

  /** Bytes taken in all, before gzip. */
  get writtenBytes(): number {
    return this.#writtenBytes
  }

  /** Throws `ERR_CAPTURE_UNWRITABLE` where an earlier write has failed. */
  writeFrame({ t, dir, url, content }: Pick<CaptureFrame, 't' | 'dir' | 'url' | 'content'>): void {
    const redact = dir === 'out' ? redactRequest : redactSecretsInAnswer
    this.#writtenBytes += this.#frames.write({
      ...(t === null ? {} : { t }),
      dir,
      ...(url === null ? {} : { url: redactSecretsInUrl(url) }),
      ...(typeof content === 'string' ? { text: redact(content) } : { b64: content.toString('base64') }),
    })
  }

  /** Throws `ERR_CAPTURE_UNWRITABLE` where an earlier write has failed. */
  writeResponse({ t, url, status, body }: Pick<CaptureResponse, 't' | 'url' | 'status' | 'body'>): void {
    this.#responses ??= new GrowingFile(responsesPath(this.#path), this.#onFailure)
    this.#writtenBytes += this.#responses.write({
      ...(t === null ? {} : { t }),
      url: url === null ? null : redactSecretsInUrl(url),
      status,
      body: redactSecretsInAnswer(body),
    })
  }

  /** An order book as it was when the frames begin. Throws `ERR_CAPTURE_UNWRITABLE` where an earlier write has failed. */
  writeBook({ t, symbol, sequence, bids, asks }: Omit<CaptureBook, 'line'>): void {
    this.#books ??= new GrowingFile(booksPath(this.#path), this.#onFailure)
    this.#writtenBytes += this.#books.write({ ...(t === null ? {} : { t }), symbol, sequence, bids, asks })
  }

  /** Completes the files and gives them their names. Rejects with `ERR_CAPTURE_UNWRITABLE`; what was written stays under `….part`. */
  async close(): Promise<void> {
    // The frames last: whoever sees them finds the rest.
    for (const file of [...this.#files].reverse()) await file.close()
  }

  /** Gives up: nothing stays behind. */
  async discard(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.discard()))
  }

  get #files(): readonly GrowingFile[] {
    return [this.#frames, this.#responses, this.#books].filter((file) => file !== null)
  }
}
