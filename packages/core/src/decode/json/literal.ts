/** Bytes that must stand at a place, compared four at a time. */
export class Literal {
  readonly length: number
  readonly #bytes: Uint8Array
  /** The bytes in fours; the last word overlaps the one before where the length is no multiple of four. */
  readonly #words: Int32Array

  constructor(text: string) {
    const bytes = new TextEncoder().encode(text)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const count = bytes.length < 4 ? 0 : Math.ceil(bytes.length / 4)
    this.length = bytes.length
    this.#bytes = bytes
    this.#words = Int32Array.from({ length: count }, (_, index) =>
      view.getInt32(Math.min(index * 4, bytes.length - 4), true),
    )
  }

  /** Whether it stands at `position` of the memory; false where the memory ends before it would. */
  standsAt(memory: DataView, position: number): boolean {
    const { length } = this
    if (position + length > memory.byteLength) return false
    if (length < 4) return this.#isShortAt(memory, position)
    const words = this.#words
    const last = words.length - 1
    for (let index = 0; index < last; index += 1) {
      if (memory.getInt32(position + index * 4, true) !== words[index]) return false
    }
    return memory.getInt32(position + length - 4, true) === words[last]
  }

  #isShortAt(memory: DataView, position: number): boolean {
    const bytes = this.#bytes
    for (let index = 0; index < bytes.length; index += 1) {
      if (memory.getUint8(position + index) !== bytes[index]) return false
    }
    return true
  }
}
