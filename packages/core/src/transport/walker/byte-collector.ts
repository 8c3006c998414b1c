const smallestCapacity = 256

/** Up to here a buffer is made as large as what was announced; beyond, it doubles with what has really arrived. */
const trustedBytes = 1024 * 1024

/** A larger buffer is given back once what it held has been used. */
const keptBytes = 1024 * 1024

const empty = Buffer.alloc(0)

/**
 * Bytes that arrive in parts, put together in one buffer that is used again and again.
 * Its size follows what has arrived, not what a peer announces: a header that promises gigabytes costs nothing.
 */
export class ByteCollector {
  #bytes = empty
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Size of the buffer, bytes. */
  get capacity(): number {
    return this.#bytes.length
  }

  /** Adds bytes `start` to `end` of `source`; `expected` is how many there will be in all. */
  append(source: Buffer, start: number, end: number, expected: number): void {
    const needed = this.#length + end - start
    if (needed > this.#bytes.length) this.#grow(needed, expected)
    source.copy(this.#bytes, this.#length, start, end)
    this.#length = needed
  }

  /** What was collected, from the start of the returned buffer; valid until the next `append`. Starts anew. */
  take(): Buffer {
    const bytes = this.#bytes
    this.#length = 0
    if (bytes.length > keptBytes) this.#bytes = empty
    return bytes
  }

  #grow(needed: number, expected: number): void {
    const ahead = Math.min(expected, Math.max(this.#bytes.length * 2, trustedBytes))
    const larger = Buffer.allocUnsafeSlow(Math.max(smallestCapacity, needed, ahead))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
