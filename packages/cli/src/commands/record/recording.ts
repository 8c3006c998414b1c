import type { FeedEvents } from '@tapewire/core'
import type { CaptureBook, CaptureFrame, CaptureWriter } from '@tapewire/testkit'

/** A frame as a manager shows it, and whose it is: `market` or `account`. */
export interface RecordedFrame {
  readonly frame: FeedEvents['frame']
  readonly feed: string
}

/** What of a `CaptureWriter` a recording needs. */
export type PartWriter = Pick<
  CaptureWriter,
  'opened' | 'bufferedBytes' | 'writtenBytes' | 'writeBook' | 'writeFrame' | 'writeResponse' | 'close' | 'discard'
>

/** One file of a recording. */
export interface RecordedPart {
  readonly path: string
  readonly frames: number
  readonly responses: number
  /** As JSON lines, before gzip. */
  readonly bytes: number
}

/** What a part has to begin with so that it can be read by itself. */
export interface PartBeginning {
  /** The answers that the parsers of open sockets remember, where they do. */
  readonly control: readonly Omit<CaptureFrame, 'kind' | 'line'>[]
  readonly books: readonly Omit<CaptureBook, 'line'>[]
}

export interface RecordingOptions {
  /** A new part begins once one has so many bytes; null where size does not matter. */
  readonly rotateBytes: number | null
  /** Or is so old, ms; null where age does not matter. */
  readonly rotateMs: number | null
  /** What waits for the disk at most, bytes: whatever comes then is dropped. */
  readonly maxBufferedBytes: number
  /** Opens the next part. */
  readonly open: () => { readonly path: string; readonly writer: PartWriter }
  /** Called between two frames: what was shown before belongs to the part that ends. */
  readonly begin: () => PartBeginning
  /** Whether `begin` can tell all that it should. */
  readonly isReady: () => boolean
  readonly onPart: (part: RecordedPart) => void
  /** The disk does not keep up: the first frame of some in a row was dropped. */
  readonly onDrop: () => void
}

/** How long a part that is large or old enough goes on for the books to be live, ms of the frames' own time. */
const patienceMs = 10_000

/** Writes what is shown to it into one part after the other: each frame into exactly one. */
export class Recording {
  readonly #options: RecordingOptions
  #part: OpenPart
  /** Parts that are being completed, with what still waits in them. */
  readonly #closing = new Map<PartWriter, Promise<void>>()
  readonly #parts: RecordedPart[] = []
  #frames = 0
  #responses = 0
  #dropped = 0
  #isDropping = false

  /** Throws what `open` throws. */
  constructor(options: RecordingOptions) {
    this.#options = options
    this.#part = new OpenPart(options.open())
  }

  /** Resolves once the first part can be written to. Rejects with `ERR_CAPTURE_UNWRITABLE`. */
  opened(): Promise<void> {
    return this.#part.writer.opened()
  }

  /** Frames written until now. */
  get frames(): number {
    return this.#frames
  }

  get responses(): number {
    return this.#responses
  }

  /** Frames and answers that the disk was too slow for. */
  get dropped(): number {
    return this.#dropped
  }

  /** Those that are complete. */
  get parts(): readonly RecordedPart[] {
    return this.#parts
  }

  /** Throws `ERR_CAPTURE_UNWRITABLE`. */
  frame({ frame, feed }: RecordedFrame): void {
    const { direction, data, time, url, socket } = frame
    if (this.#isDue(time)) this.#rotate()
    if (!this.#hasRoom()) return
    const content = typeof data === 'string' ? data : Buffer.from(data)
    this.#part.writer.writeFrame({ t: time, dir: direction, url: `${url}#${feed}-${socket}`, content })
    this.#part.count('frames', time)
    this.#frames += 1
  }

  /** Throws `ERR_CAPTURE_UNWRITABLE`. */
  response({ time, url, status, body }: FeedEvents['response']): void {
    if (!this.#hasRoom()) return
    this.#part.writer.writeResponse({ t: time, url, status, body })
    this.#part.count('responses', time)
    this.#responses += 1
  }

  /** Completes what is open. Rejects with `ERR_CAPTURE_UNWRITABLE`. */
  async close(): Promise<void> {
    this.#complete()
    await Promise.all(this.#closing.values())
  }

  /** Gives the open part up: nothing of it stays behind. */
  discard(): Promise<void> {
    return this.#part.writer.discard()
  }

  /** A part is not ended before it has a frame. */
  #isDue(now: number): boolean {
    const { rotateBytes, rotateMs, isReady } = this.#options
    const { writer, firstAt, frames } = this.#part
    if (frames === 0 || firstAt === null) return false
    const isLarge = rotateBytes !== null && writer.writtenBytes >= rotateBytes
    if (!isLarge && !(rotateMs !== null && now - firstAt >= rotateMs)) return false
    this.#part.dueAt ??= now
    return isReady() || now - this.#part.dueAt >= patienceMs
  }

  #rotate(): void {
    this.#complete()
    this.#part = new OpenPart(this.#options.open())
    const { control, books } = this.#options.begin()
    for (const frame of control) this.#part.writer.writeFrame(frame)
    for (const book of books) this.#part.writer.writeBook(book)
  }

  #complete(): void {
    const { path, writer, frames, responses } = this.#part
    const closing = writer.close().then(() => {
      const part = { path, frames, responses, bytes: writer.writtenBytes }
      this.#parts.push(part)
      this.#closing.delete(writer)
      this.#options.onPart(part)
    })
    // Whoever closes the recording hears of it.
    closing.catch(() => {})
    this.#closing.set(writer, closing)
  }

  #hasRoom(): boolean {
    let waiting = this.#part.writer.bufferedBytes
    for (const writer of this.#closing.keys()) waiting += writer.bufferedBytes
    const hasRoom = waiting <= this.#options.maxBufferedBytes
    if (!hasRoom) {
      this.#dropped += 1
      if (!this.#isDropping) this.#options.onDrop()
    }
    this.#isDropping = !hasRoom
    return hasRoom
  }
}

/** The part that is being written. */
class OpenPart {
  readonly path: string
  readonly writer: PartWriter
  frames = 0
  responses = 0
  /** When the first of it came, epoch ms. */
  firstAt: number | null = null
  /** When it became due to end, epoch ms. */
  dueAt: number | null = null

  constructor({ path, writer }: ReturnType<RecordingOptions['open']>) {
    this.path = path
    this.writer = writer
  }

  count(what: 'frames' | 'responses', time: number): void {
    this[what] += 1
    this.firstAt ??= time
  }
}
