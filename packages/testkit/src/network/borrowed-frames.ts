import type { InboundFrame } from '@tapewire/core/adapter'
import type { OutgoingData } from '../venue/venue.js'

/** As much as one read of a socket brings. */
const chunkBytes = 64 * 1024
/** What memory holds once its frame has been read: whoever kept a window sees nonsense. */
const spent = 0xa5

/**
 * Frames as a real transport gives them: windows on memory that belongs to the socket and is used again as soon as the receiver returns, all shown through one and
 * the same object. Who keeps either finds something else in it later.
 */
export class BorrowedFrames {
  #memory = Buffer.alloc(chunkBytes)
  #offset = 0
  readonly #frame: InboundFrame = { bytes: this.#memory, start: 0, end: 0, isBinary: false, receivedAt: 0 }

  /** Shows `read` a frame that holds `data`, and spoils it afterwards. */
  lend(data: OutgoingData, receivedAt: number, read: (frame: InboundFrame) => void): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data
    const start = this.#roomFor(bytes.length)
    const memory = this.#memory
    memory.set(bytes, start)
    const frame = this.#frame
    frame.bytes = memory
    frame.start = start
    frame.end = start + bytes.length
    frame.isBinary = typeof data !== 'string'
    frame.receivedAt = receivedAt
    try {
      read(frame)
    } finally {
      memory.fill(spent, start, start + bytes.length)
    }
  }

  /** Frames follow each other in a chunk, as those of one read do. */
  #roomFor(length: number): number {
    if (length > this.#memory.length) this.#memory = Buffer.alloc(length * 2)
    const start = this.#offset + length > this.#memory.length ? 0 : this.#offset
    this.#offset = start + length
    return start
  }
}
