import { isAscii, isUtf8 } from 'node:buffer'
import type { Codes } from './codes.js'

/** The engine copies a part of a text that is shorter than 13 units, and of a longer one keeps the whole text that it is a part of in memory. */
const longestCopiedPart = 12

/** Memory that frames lie in, one behind the other: to look at it anew for each frame would cost as much as reading a quote. */
interface Memory {
  readonly buffer: ArrayBufferLike
  readonly bytes: Buffer
  readonly view: DataView
}

/** Two, because a consumer reads each frame's header where the socket's bytes are and its records out of an envelope. */
let latest: Memory = lookAt(new ArrayBuffer(0))
let other: Memory = latest

function lookAt(buffer: ArrayBufferLike): Memory {
  return { buffer, bytes: Buffer.from(buffer), view: new DataView(buffer) }
}

function memoryOf({ buffer }: Uint8Array): Memory {
  if (latest.buffer === buffer) return latest
  const found = other.buffer === buffer ? other : lookAt(buffer)
  other = latest
  latest = found
  return found
}

/** A view on all of the memory that the bytes lie in: what is read there begins at their `byteOffset`. */
export function viewOf(bytes: Uint8Array): DataView {
  return memoryOf(bytes).view
}

/**
 * Reads what a `ByteWriter` wrote. Whatever the bytes are, nothing throws and nothing behind their end is read: what cannot be read is 0 or empty, and from then on
 * `isBroken`.
 */
export class ByteReader {
  /** Set for good by whatever could not be read. */
  isBroken = false
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #end: number
  #at: number
  /** All texts, a unit for each byte: one call into the native decoder costs as much as several short texts. Empty where some are not ASCII. */
  readonly #letters: string
  /** Where the next text begins in them, from 0, and where the last one ends. */
  #textAt = 0
  readonly #textEnd: number

  /** Reads `bytes` from `offset` on, the last `textBytes` of which are the texts. */
  constructor(bytes: Uint8Array, offset: number, textBytes: number) {
    const memory = memoryOf(bytes)
    const at = bytes.byteOffset + offset
    const end = bytes.byteOffset + bytes.length - textBytes
    this.#view = memory.view
    this.#bytes = memory.bytes
    this.#at = at
    this.#end = end
    this.#textEnd = textBytes
    if (end < at) this.isBroken = true
    this.#letters = textBytes === 0 || end < at ? '' : lettersOf(memory.bytes, end, end + textBytes)
  }

  /** Whether everything was read, and could be. */
  get isDone(): boolean {
    return !this.isBroken && this.#at === this.#end && this.#textAt === this.#textEnd
  }

  /** Bytes that were not read yet. */
  get left(): number {
    return this.#end - this.#at
  }

  /** Says of what was read that it means nothing. */
  fail(): void {
    this.isBroken = true
  }

  u8(): number {
    const at = this.#at
    if (at >= this.#end) return this.#beyond()
    this.#at = at + 1
    return this.#bytes[at] as number
  }

  u16(): number {
    const at = this.#at
    if (at + 2 > this.#end) return this.#beyond()
    this.#at = at + 2
    return this.#view.getUint16(at, true)
  }

  u32(): number {
    const at = this.#at
    if (at + 4 > this.#end) return this.#beyond()
    this.#at = at + 4
    return this.#view.getUint32(at, true)
  }

  /** A finite number: nothing else is ever written. */
  f64(): number {
    const at = this.#at
    if (at + 8 > this.#end) return this.#beyond()
    this.#at = at + 8
    const value = this.#view.getFloat64(at, true)
    // Not 0 of what is not finite alone.
    if (value - value !== 0) return this.#beyond()
    return value
  }

  /** A number of things each of which takes `leastBytes` or more: no more of them than there can be. */
  count(leastBytes: number): number {
    let value = this.u8()
    if (value > 0x7f) value = this.#longCount(value & 0x7f)
    if (value * leastBytes > this.#end - this.#at) return this.#beyond()
    return value
  }

  text(): string {
    const at = this.#at
    const letters = this.#letters
    const start = this.#textAt
    const length = this.#bytes[at] as number
    const end = start + length
    if (length > longestCopiedPart || end > letters.length || at >= this.#end) return this.#otherText()
    this.#at = at + 1
    this.#textAt = end
    return letters.substring(start, end)
  }

  /** A word that must be there. */
  word<Word extends string>({ words }: Codes<Word>): Word {
    const word = words[this.u8()]
    if (word !== undefined) return word
    this.isBroken = true
    return words[1] as Word
  }

  /** A word, or 0 for one that is not known. */
  wordOrNull<Word extends string>({ words }: Codes<Word>): Word | null {
    const code = this.u8()
    if (code === 0) return null
    const word = words[code]
    if (word !== undefined) return word
    this.isBroken = true
    return null
  }

  /** So many finite numbers one after the other. */
  numbers(count: number): number[] {
    const values: number[] = []
    const view = this.#view
    const end = this.#at + count * 8
    if (end > this.#end) {
      this.#beyond()
      return values
    }
    // Of each, 0 where it is finite, so that one that is not shows in the sum.
    let notFinite = 0
    for (let at = this.#at; at < end; at += 8) {
      const value = view.getFloat64(at, true)
      notFinite += value - value
      values.push(value)
    }
    this.#at = end
    if (notFinite !== 0) this.isBroken = true
    return values
  }

  /** One that is longer, or not ASCII, or not there. */
  #otherText(): string {
    let length = this.u8()
    if (length > 0x7f) length = this.#longCount(length & 0x7f)
    const textEnd = this.#textAt + length
    if (textEnd > this.#textEnd) {
      this.isBroken = true
      return ''
    }
    const bytes = this.#bytes
    const start = this.#end + this.#textAt
    const end = start + length
    this.#textAt = textEnd
    if (this.#letters !== '') return bytes.toString('latin1', start, end)
    if (isUtf8(bytes.subarray(start, end))) return bytes.toString('utf8', start, end)
    this.isBroken = true
    return ''
  }

  #longCount(low: number): number {
    let value = low
    for (let unit = 0x80; unit <= 0x10000000; unit *= 0x80) {
      const byte = this.u8()
      value += (byte & 0x7f) * unit
      if (byte <= 0x7f) return value
    }
    return this.#beyond()
  }

  #beyond(): number {
    this.isBroken = true
    return 0
  }
}

/** So many bytes are looked at one by one before a call into native code costs less. */
const fewLetters = 200

/** Empty where they are not all ASCII. */
function lettersOf(bytes: Buffer, start: number, end: number): string {
  if (end - start > fewLetters) {
    if (!isAscii(bytes.subarray(start, end))) return ''
  } else {
    let all = 0
    for (let at = start; at < end; at += 1) all |= bytes[at] as number
    if (all > 0x7f) return ''
  }
  return bytes.toString('latin1', start, end)
}
