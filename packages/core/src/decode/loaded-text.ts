const usualBytes = 4 * 1024
/** Memory beyond this is given back: one huge message must not hold it for ever. */
const maxKeptBytes = 1024 * 1024
/** Bytes of UTF-8 that a UTF-16 unit takes at most. */
const bytesPerUnit = 3

/**
 * Where texts of a message go that a reference decoder has read: written as bytes again, so that they are found as those of a scanned frame are, by window.
 */
export class LoadedText {
  #bytes = Buffer.alloc(0)
  #end = 0

  /** All texts written so far. Valid until the next write. */
  get bytes(): Buffer {
    return this.#bytes
  }

  clear(): void {
    this.#end = 0
    if (this.#bytes.length === 0 || this.#bytes.length > maxKeptBytes) this.#bytes = Buffer.alloc(usualBytes)
  }

  /** Puts a text's window into `starts` and `ends`. */
  write(text: string, starts: Int32Array, ends: Int32Array, slot: number): void {
    const room = this.#end + text.length * bytesPerUnit
    if (room > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(room)])
    starts[slot] = this.#end
    this.#end += this.#bytes.write(text, this.#end)
    ends[slot] = this.#end
  }
}
