/** Reports of a reader that is gone, as `tapewire stream … | head -1` makes one. */
const readerGoneCodes: ReadonlySet<unknown> = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'EIO'])

/**
 * Lines to a stream, at the pace of whoever reads it. When the stream fails, later lines go nowhere and `onClosed` is told once:
 * null where the reader merely left, the error where writing failed.
 */
export class LineWriter {
  readonly #stream: NodeJS.WritableStream
  readonly #onError: (error: Error) => void
  #isClosed = false
  #room: { readonly promise: Promise<void>; readonly open: () => void } | null = null

  constructor(stream: NodeJS.WritableStream, onClosed: (failure: Error | null) => void) {
    this.#stream = stream
    this.#onError = (error) => {
      if (this.#isClosed) return
      this.#isClosed = true
      this.#makeRoom()
      onClosed(readerGoneCodes.has((error as NodeJS.ErrnoException).code) ? null : error)
    }
    stream.on('error', this.#onError)
  }

  /** Writes one line; a promise while the reader lags behind, to be awaited before the next one. */
  line(text: string): Promise<void> | undefined {
    return this.text(`${text}\n`)
  }

  /** As `line`, without the line break. */
  text(text: string): Promise<void> | undefined {
    if (this.#isClosed) return undefined
    if (this.#stream.write(text)) return undefined
    this.#room ??= this.#waitForRoom()
    return this.#room.promise
  }

  /** Resolves when everything was handed to the operating system; the stream is then nobody's. */
  async release(): Promise<void> {
    if (!this.#isClosed) await new Promise<void>((resolve) => this.#stream.write('', () => resolve()))
    // An error that is on its way already still finds its listener.
    setImmediate(() => this.#stream.off('error', this.#onError))
  }

  #waitForRoom(): { readonly promise: Promise<void>; readonly open: () => void } {
    const { promise, resolve } = withResolvers()
    this.#stream.once('drain', this.#makeRoom)
    return { promise, open: resolve }
  }

  readonly #makeRoom = (): void => {
    this.#stream.off('drain', this.#makeRoom)
    this.#room?.open()
    this.#room = null
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
