/** Texts up to this many UTF-16 units are looked at unit by unit; the native encoder is quicker with longer ones. */
const shortText = 40

/** UTF-8 needs three bytes for a UTF-16 unit at most, and a length five. */
const bytesPerUnit = 3
const lengthBytes = 5

/**
 * Bytes one after the other in a buffer that is used again and grows. `reserve` makes room; what `text` and `count` need they reserve themselves, everything else
 * writes into room that was reserved before. Numbers are little endian.
 */
export class ByteWriter {
  #bytes: Buffer
  #view: DataView
  #at = 0

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#at
  }

  /** Forgets what lies behind the first `size` bytes. */
  truncate(size: number): void {
    this.#at = size
  }

  reserve(bytes: number): void {
    if (this.#at + bytes > this.#bytes.length) this.#grow(this.#at + bytes)
  }

  u8(value: number): void {
    this.#bytes[this.#at] = value
    this.#at += 1
  }

  u16(value: number): void {
    this.#view.setUint16(this.#at, value, true)
    this.#at += 2
  }

  u32(value: number): void {
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
  }

  f64(value: number): void {
    this.#view.setFloat64(this.#at, value, true)
    this.#at += 8
  }

  /** Writes over what was written at `offset`. */
  u16At(offset: number, value: number): void {
    this.#view.setUint16(offset, value, true)
  }

  f64At(offset: number, value: number): void {
    this.#view.setFloat64(offset, value, true)
  }

  u8At(offset: number, value: number): void {
    this.#bytes[offset] = value
  }

  /** A number of things, 0 to 2^32 - 1, in groups of seven bits from the lowest; the highest bit of a byte says that another follows. */
  count(value: number): void {
    this.reserve(lengthBytes)
    let rest = value
    while (rest > 0x7f) {
      this.u8((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.u8(rest)
  }

  /** Its length in bytes as a count, and its UTF-8. */
  text(value: string): void {
    const { length } = value
    if (length > shortText) {
      this.#longText(value)
      return
    }
    this.reserve(1 + length)
    const bytes = this.#bytes
    const start = this.#at + 1
    for (let index = 0; index < length; index += 1) {
      const unit = value.charCodeAt(index)
      if (unit > 0x7f) {
        this.#longText(value)
        return
      }
      bytes[start + index] = unit
    }
    bytes[this.#at] = length
    this.#at = start + length
  }

  /** Numbers one after the other. */
  numbers(values: readonly number[]): void {
    const { length } = values
    this.reserve(length * 8)
    const view = this.#view
    let at = this.#at
    for (let index = 0; index < length; index += 1) {
      view.setFloat64(at, values[index] as number, true)
      at += 8
    }
    this.#at = at
  }

  /** What was written, as bytes of their own. */
  copy(): Uint8Array {
    // Of Buffer's pool: memory of its own would cost a frame of one quote more than all the rest of it.
    const copy = Buffer.allocUnsafe(this.#at)
    this.#bytes.copy(copy, 0, 0, this.#at)
    return copy
  }

  #longText(value: string): void {
    this.reserve(lengthBytes + value.length * bytesPerUnit)
    this.count(Buffer.byteLength(value))
    this.#at += this.#bytes.write(value, this.#at)
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#at)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
