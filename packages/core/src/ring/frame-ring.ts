import type { InboundFrame } from '../model/inbound-frame.js'

const initialSlots = 64
const initialArenaBytes = 64 * 1024
/** An arena that a burst made larger than this is given back once the ring is empty. */
const keptArenaBytes = 1024 * 1024

/**
 * Frames that wait, in order, copied into one circular arena: a window of 200 bytes would otherwise keep a whole socket chunk of 64 KiB alive.
 * Both the slots and the arena grow by doubling; what bounds them is the owner's policy, asked through `length` and `byteLength`.
 */
export class FrameRing {
  #arena: Buffer = Buffer.alloc(0)
  /** Where the next frame may be written. */
  #writeAt = 0
  #starts = new Float64Array(initialSlots)
  #sizes = new Float64Array(initialSlots)
  #times = new Float64Array(initialSlots)
  #binary = new Uint8Array(initialSlots)
  #first = 0
  #length = 0
  #byteLength = 0

  /** Frames waiting. */
  get length(): number {
    return this.#length
  }

  /** Bytes of those frames. */
  get byteLength(): number {
    return this.#byteLength
  }

  /** Bytes the ring holds on to, used or not. */
  get arenaBytes(): number {
    return this.#arena.length
  }

  /** Copies the frame to the end. */
  push(frame: InboundFrame): void {
    const size = frame.end - frame.start
    if (this.#length === this.#starts.length) this.#growSlots()
    const start = this.#reserve(size)
    frame.bytes.copy(this.#arena, start, frame.start, frame.end)
    const slot = this.#slot(this.#length)
    this.#starts[slot] = start
    this.#sizes[slot] = size
    this.#times[slot] = frame.receivedAt
    this.#binary[slot] = frame.isBinary ? 1 : 0
    this.#writeAt = start + size
    this.#length += 1
    this.#byteLength += size
  }

  /** Takes the oldest frame out, as a window on the arena that is valid until the next `push`. False where none waits. */
  shiftInto(frame: InboundFrame): boolean {
    if (this.#length === 0) return false
    const slot = this.#first
    const start = this.#starts[slot] as number
    const size = this.#sizes[slot] as number
    frame.bytes = this.#arena
    frame.start = start
    frame.end = start + size
    frame.receivedAt = this.#times[slot] as number
    frame.isBinary = this.#binary[slot] === 1
    this.#first = (slot + 1) % this.#starts.length
    this.#length -= 1
    this.#byteLength -= size
    if (this.#length === 0) {
      this.#writeAt = 0
      if (this.#arena.length > keptArenaBytes) this.#arena = Buffer.alloc(0)
    }
    return true
  }

  clear(): void {
    this.#first = 0
    this.#length = 0
    this.#byteLength = 0
    this.#writeAt = 0
    if (this.#arena.length > keptArenaBytes) this.#arena = Buffer.alloc(0)
  }

  #slot(index: number): number {
    return (this.#first + index) % this.#starts.length
  }

  /** The offset at which `size` bytes are free in one piece; the used part is one run, or two when it has wrapped. */
  #reserve(size: number): number {
    if (this.#length === 0) {
      if (this.#arena.length < size || this.#arena.length === 0) this.#growArena(size)
      return 0
    }
    const oldest = this.#starts[this.#first] as number
    const end = this.#writeAt
    if (end > oldest) {
      if (this.#arena.length - end >= size) return end
      if (oldest > size) return 0
    } else if (oldest - end > size) {
      return end
    }
    this.#growArena(size)
    return this.#writeAt
  }

  /** A larger arena with the waiting frames moved to its front, so that the free part is one run again. */
  #growArena(size: number): void {
    const wanted = this.#byteLength + size
    let length = Math.max(initialArenaBytes, this.#arena.length)
    while (length < wanted * 2) length *= 2
    const arena = Buffer.allocUnsafeSlow(length)
    let writeAt = 0
    for (let index = 0; index < this.#length; index += 1) {
      const slot = this.#slot(index)
      const start = this.#starts[slot] as number
      const frameSize = this.#sizes[slot] as number
      this.#arena.copy(arena, writeAt, start, start + frameSize)
      this.#starts[slot] = writeAt
      writeAt += frameSize
    }
    this.#arena = arena
    this.#writeAt = writeAt
  }

  #growSlots(): void {
    const capacity = this.#starts.length * 2
    this.#starts = this.#unrolled(this.#starts, new Float64Array(capacity))
    this.#sizes = this.#unrolled(this.#sizes, new Float64Array(capacity))
    this.#times = this.#unrolled(this.#times, new Float64Array(capacity))
    this.#binary = this.#unrolled(this.#binary, new Uint8Array(capacity))
    this.#first = 0
  }

  /** The ring's entries of `from` in order at the front of `into`. */
  #unrolled<Column extends Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(from: Column, into: Column): Column {
    into.set(from.subarray(this.#first))
    into.set(from.subarray(0, this.#first), from.length - this.#first)
    return into
  }
}
