/** What a ring gives back: a window on its copy of the bytes, and what was noted beside them. */
export interface RingRecord {
  /** Epoch ms. */
  readonly time: number
  /** A small number of the owner's, 0 to 16,777,215. */
  readonly source: number
  /** Bits of the owner's, 0 to 255. */
  readonly flags: number
  readonly bytes: Buffer
}

const headerBytes = 16
const alignment = 8
/** Stands where a size would: what follows begins at the start of the arena. */
const wrap = 0xffff_ffff

/**
 * The newest records of a stream that never ends, in one piece of memory that is made once: the oldest give way. Keeping one costs a copy of its bytes, and leaves no object behind.
 *
 * Each record is a size, the owner's notes and a time in 16 bytes, and the bytes behind them; none lies across the end of the arena.
 */
export class RecordRing {
  readonly #arena: Buffer
  readonly #words: Uint32Array
  readonly #times: Float64Array
  /** Where the next record is written, and where the oldest is. */
  #head = 0
  #tail = 0
  #used = 0
  #length = 0
  /** A time of its own for each record that gives way would be an object each. */
  readonly #lostUntil = new Float64Array([Number.NaN])

  /** `capacity` in bytes, headers included. */
  constructor(capacity: number) {
    // One of its own, from its beginning: so that words and times are aligned.
    this.#arena = Buffer.allocUnsafeSlow(Math.max(capacity - (capacity % alignment), headerBytes))
    const { buffer, byteOffset, length } = this.#arena
    this.#words = new Uint32Array(buffer, byteOffset, length / 4)
    this.#times = new Float64Array(buffer, byteOffset, length / 8)
  }

  /** Records that are held. */
  get length(): number {
    return this.#length
  }

  /** Bytes of memory it takes, from the beginning and for ever. */
  get capacity(): number {
    return this.#arena.length
  }

  /** The time of the newest record that gave way, epoch ms; null where none did. */
  get lostUntil(): number | null {
    const time = this.#lostUntil[0] as number
    return Number.isNaN(time) ? null : time
  }

  /** The time of the oldest record, epoch ms; null where none is held. */
  get oldestTime(): number | null {
    return this.#length === 0 ? null : (this.#times[this.#tail / 8 + 1] as number)
  }

  /** Keeps `bytes` from `start` to `end`. False where they are longer than the ring: then nothing has changed. */
  push(time: number, source: number, flags: number, bytes: Uint8Array, start: number, end: number): boolean {
    const size = end - start
    const needed = recordBytes(size)
    const capacity = this.#arena.length
    if (needed > capacity) return false
    const rest = capacity - this.#head
    if (needed > rest) {
      while (this.#used + rest + needed > capacity && this.#length > 0) this.#dropOldest()
      // With nothing left, it begins at the start anyway.
      if (this.#length > 0) {
        if (rest > 0) this.#words[this.#head / 4] = wrap
        this.#used += rest
        this.#head = 0
      }
    }
    while (this.#used + needed > capacity) this.#dropOldest()
    const at = this.#head
    this.#words[at / 4] = size
    this.#words[at / 4 + 1] = source * 256 + flags
    this.#times[at / 8 + 1] = time
    // Buffers copy faster than typed arrays where only a part of them is meant.
    if (Buffer.isBuffer(bytes)) bytes.copy(this.#arena, at + headerBytes, start, end)
    else this.#arena.set(bytes.subarray(start, end), at + headerBytes)
    this.#head = at + needed
    this.#used += needed
    this.#length += 1
    return true
  }

  /** What is held now, oldest first, whatever is pushed afterwards. */
  copy(): Iterable<RingRecord> {
    const arena = Buffer.from(this.#arena)
    const [tail, length] = [this.#tail, this.#length]
    return { [Symbol.iterator]: () => recordsOf(arena, tail, length) }
  }

  #dropOldest(): void {
    this.#lostUntil[0] = this.#times[this.#tail / 8 + 1] as number
    const bytes = recordBytes(this.#words[this.#tail / 4] as number)
    this.#tail += bytes
    this.#used -= bytes
    this.#length -= 1
    if (this.#length === 0) {
      this.#head = 0
      this.#tail = 0
      this.#used = 0
      return
    }
    const rest = this.#arena.length - this.#tail
    if (rest > 0 && this.#words[this.#tail / 4] !== wrap) return
    this.#tail = 0
    this.#used -= rest
  }
}

function* recordsOf(arena: Buffer, tail: number, length: number): Generator<RingRecord, void> {
  let at = tail
  for (let left = length; left > 0; left -= 1) {
    if (at === arena.length || arena.readUInt32LE(at) === wrap) at = 0
    const size = arena.readUInt32LE(at)
    const note = arena.readUInt32LE(at + 4)
    const start = at + headerBytes
    yield {
      time: arena.readDoubleLE(at + 8),
      source: Math.floor(note / 256),
      flags: note % 256,
      bytes: arena.subarray(start, start + size),
    }
    at += recordBytes(size)
  }
}

function recordBytes(size: number): number {
  return headerBytes + Math.ceil(size / alignment) * alignment
}
