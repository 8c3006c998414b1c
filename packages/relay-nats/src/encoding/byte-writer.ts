/** Texts up to this many UTF-16 units are looked at unit by unit; the native encoder is quicker with longer ones. */
const shortText = 40

/** So many bytes are copied in a loop before a call into native code costs less. */
const fewLetters = 400

/** UTF-8 needs three bytes for a UTF-16 unit at most, and a length five. */
const bytesPerUnit = 3
const lengthBytes = 5

/**
 * Bytes one after the other in a buffer that is used again and grows, and the letters of all texts in another, to stand behind them. `reserve` makes room; what `text`
 * and `count` need they reserve themselves, everything else writes into room that was reserved before. Numbers are little endian.
 */
export class ByteWriter {
  #bytes: Buffer
  #view: DataView
  #at = 0
  #letters: Buffer
  #lettersView: DataView
  #lettersAt = 0

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
    this.#view = new DataView(this.#bytes.buffer)
    this.#letters = Buffer.allocUnsafeSlow(capacity)
    this.#lettersView = new DataView(this.#letters.buffer)
  }

  /** Bytes written so far, without those of texts. */
  get size(): number {
    return this.#at
  }

  /** Bytes of all texts so far. */
  get textSize(): number {
    return this.#lettersAt
  }

  /** Forgets what lies behind the first `size` bytes, and the first `textSize` of texts. */
  truncate(size: number, textSize: number): void {
    this.#at = size
    this.#lettersAt = textSize
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

  u32At(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true)
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

  /** Its length in bytes as a count here, and its UTF-8 behind the texts before it. */
  text(value: string): void {
    const { length } = value
    if (length > shortText) {
      this.#longText(value)
      return
    }
    const start = this.#lettersAt
    if (start + length > this.#letters.length) this.#growLetters(start + length)
    const letters = this.#letters
    for (let index = 0; index < length; index += 1) {
      const unit = value.charCodeAt(index)
      if (unit > 0x7f) {
        this.#longText(value)
        return
      }
      letters[start + index] = unit
    }
    this.#lettersAt = start + length
    const at = this.#at
    if (at === this.#bytes.length) this.#grow(at + 1)
    this.#bytes[at] = length
    this.#at = at + 1
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

  /** What was written and the texts behind it, as bytes of their own. */
  copy(): Uint8Array {
    const size = this.#at + this.#lettersAt
    this.#appendLetters()
    // Of Buffer's pool: memory of its own would cost a frame of one quote more than all the rest of it.
    const copy = Buffer.allocUnsafe(size)
    this.#bytes.copy(copy, 0, 0, size)
    return copy
  }

  #appendLetters(): void {
    const size = this.#lettersAt
    this.reserve(size)
    const start = this.#at
    if (size > fewLetters) {
      this.#letters.copy(this.#bytes, start, 0, size)
      return
    }
    const view = this.#view
    const from = this.#lettersView
    let index = 0
    for (; index + 4 <= size; index += 4) view.setUint32(start + index, from.getUint32(index))
    for (; index < size; index += 1) view.setUint8(start + index, from.getUint8(index))
  }

  #longText(value: string): void {
    const start = this.#lettersAt
    if (start + value.length * bytesPerUnit > this.#letters.length)
      this.#growLetters(start + value.length * bytesPerUnit)
    const written = this.#letters.write(value, start)
    this.#lettersAt = start + written
    this.count(written)
  }

  #grow(needed: number): void {
    this.#bytes = grown(this.#bytes, this.#at, needed)
    this.#view = new DataView(this.#bytes.buffer)
  }

  #growLetters(needed: number): void {
    this.#letters = grown(this.#letters, this.#lettersAt, needed)
    this.#lettersView = new DataView(this.#letters.buffer)
  }
}

/** Room for `needed` bytes and more, with the first `size` of what there was. */
function grown(bytes: Buffer, size: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, bytes.length * 2))
  bytes.copy(larger, 0, 0, size)
  return larger
}
