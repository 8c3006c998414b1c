import type { InboundFrame } from '../model/inbound-frame.js'

const initialSlots = 64
const initialArenaBytes = 64 * 1024
/** An arena that a burst made larger than this is given back once the ring is empty. */
const keptArenaBytes = 1024 * 1024

const binary = 1
/** Served already, in the place of another. */
const gone = 2
/** A place whose frame gave way to a newer one, which stands further back and is served here. */
const replaced = 4

/**
 * Frames that wait, in order, copied into one circular arena: a window of 200 bytes would otherwise keep a whole socket chunk of 64 KiB alive. Beside each
 * stands a note of its owner's.
 *
 * Both the slots and the arena grow by doubling; what bounds them is the owner's policy, asked through `length` and `byteLength`. A frame that was replaced
 * counts no more; its bytes are given back when they are passed, or when the ring would otherwise have to grow.
 */
export class FrameRing<Note> {
  #arena: Buffer = Buffer.alloc(0)
  /** Where the next frame may be written. */
  #writeAt = 0
  #starts = new Float64Array(initialSlots)
  #sizes = new Float64Array(initialSlots)
  #times = new Float64Array(initialSlots)
  #tickets = new Float64Array(initialSlots)
  /** The ticket of the frame that is served in the place of one that was replaced. */
  #heirs = new Float64Array(initialSlots)
  #flags = new Uint8Array(initialSlots)
  #notes: (Note | undefined)[] = new Array(initialSlots)
  #first = 0
  /** Slots in use, those of frames that count no more included. */
  #used = 0
  #length = 0
  #byteLength = 0
  #lastTicket = 0
  #taken: { ticket: number; note: Note | undefined } = { ticket: 0, note: undefined }

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

  /** The ticket of the frame that was pushed last. */
  get lastTicket(): number {
    return this.#lastTicket
  }

  /** No frame that waits has a lower ticket. */
  get firstTicket(): number {
    return this.#used === 0 ? this.#lastTicket + 1 : (this.#tickets[this.#first] as number)
  }

  /** The ticket of the frame that was taken out last. */
  get takenTicket(): number {
    return this.#taken.ticket
  }

  /** The note beside the frame that was taken out last. */
  get takenNote(): Note {
    return this.#taken.note as Note
  }

  /** Copies the frame to the end. Returns its ticket, a number that rises from frame to frame. */
  push(frame: InboundFrame, note: Note): number {
    const size = frame.end - frame.start
    if (this.#used === this.#starts.length) this.#makeSlots()
    const start = this.#reserve(size)
    frame.bytes.copy(this.#arena, start, frame.start, frame.end)
    const slot = this.#slot(this.#used)
    this.#lastTicket += 1
    this.#starts[slot] = start
    this.#sizes[slot] = size
    this.#times[slot] = frame.receivedAt
    this.#tickets[slot] = this.#lastTicket
    this.#flags[slot] = frame.isBinary ? binary : 0
    this.#notes[slot] = note
    this.#writeAt = start + size
    this.#used += 1
    this.#length += 1
    this.#byteLength += size
    return this.#lastTicket
  }

  /**
   * Copies the frame into the place of the one with this ticket, which is not read any more; false where that does not wait any more. The place keeps its ticket
   * for further replacements. So what is replaced again and again is served in its turn, and not always behind the rest.
   */
  replace(place: number, frame: InboundFrame, note: Note): boolean {
    const slot = this.#find(place)
    if (slot === -1) return false
    if (this.#flags[slot] === replaced) this.#discard(this.#find(this.#heirs[slot] as number), gone)
    else this.#discard(slot, replaced)
    const heir = this.push(frame, note)
    // The slots may have moved.
    this.#heirs[this.#find(place)] = heir
    return true
  }

  /** Takes the next frame out, as a window on the arena that is valid until the next `push`. False where none waits. */
  shiftInto(frame: InboundFrame): boolean {
    if (this.#used === 0) return false
    const isPlace = this.#flags[this.#first] === replaced
    const slot = isPlace ? this.#find(this.#heirs[this.#first] as number) : this.#first
    const start = this.#starts[slot] as number
    frame.bytes = this.#arena
    frame.start = start
    frame.end = start + (this.#sizes[slot] as number)
    frame.receivedAt = this.#times[slot] as number
    frame.isBinary = this.#flags[slot] === binary
    this.#taken.ticket = this.#tickets[slot] as number
    this.#taken.note = this.#notes[slot]
    this.#discard(slot, gone)
    this.#pass()
    return true
  }

  clear(): void {
    this.#notes.fill(undefined)
    this.#first = 0
    this.#used = 0
    this.#length = 0
    this.#byteLength = 0
    this.#rewind()
  }

  /** The frame of this slot counts no more. */
  #discard(slot: number, flag: number): void {
    this.#length -= 1
    this.#byteLength -= this.#sizes[slot] as number
    this.#sizes[slot] = 0
    this.#flags[slot] = flag
    this.#notes[slot] = undefined
  }

  /** Gives the oldest slot back, and those behind it that are gone. */
  #pass(): void {
    do {
      this.#first = this.#slot(1)
      this.#used -= 1
    } while (this.#used > 0 && this.#flags[this.#first] === gone)
    if (this.#used === 0) this.#rewind()
  }

  /** Nothing is held any more: writing begins at the front again. */
  #rewind(): void {
    this.#writeAt = 0
    if (this.#arena.length > keptArenaBytes) this.#arena = Buffer.alloc(0)
  }

  #slot(index: number): number {
    return (this.#first + index) % this.#starts.length
  }

  /** The slot of a frame that waits, or of its place where it was replaced; -1 where there is neither. Tickets rise along the row. */
  #find(ticket: number): number {
    let low = 0
    let high = this.#used
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#tickets[this.#slot(middle)] as number) < ticket) low = middle + 1
      else high = middle
    }
    if (low === this.#used) return -1
    const slot = this.#slot(low)
    return this.#tickets[slot] === ticket && this.#flags[slot] !== gone ? slot : -1
  }

  /** The offset at which `size` bytes are free in one piece; the used part is one run, or two when it has wrapped. */
  #reserve(size: number): number {
    if (this.#used === 0) {
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

  /** An arena with the waiting frames at its front, so that the free part is one run again; larger where they and the next one ask for it. */
  #growArena(size: number): void {
    this.#closeUp()
    const wanted = this.#byteLength + size
    let length = Math.max(initialArenaBytes, this.#arena.length)
    while (length < wanted * 2) length *= 2
    const arena = Buffer.allocUnsafeSlow(length)
    let writeAt = 0
    for (let index = 0; index < this.#used; index += 1) {
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

  /** Room for one more slot: those of frames that are gone, where these are a quarter of all, or twice as many. */
  #makeSlots(): void {
    this.#closeUp()
    if (this.#used <= (this.#starts.length * 3) / 4) return
    const capacity = this.#starts.length * 2
    this.#starts = this.#unrolled(this.#starts, new Float64Array(capacity))
    this.#sizes = this.#unrolled(this.#sizes, new Float64Array(capacity))
    this.#times = this.#unrolled(this.#times, new Float64Array(capacity))
    this.#tickets = this.#unrolled(this.#tickets, new Float64Array(capacity))
    this.#heirs = this.#unrolled(this.#heirs, new Float64Array(capacity))
    this.#flags = this.#unrolled(this.#flags, new Uint8Array(capacity))
    this.#notes = [...this.#notes.slice(this.#first), ...this.#notes.slice(0, this.#first)]
    this.#notes.length = capacity
    this.#first = 0
  }

  /** Moves what waits up into the slots of frames that are gone. Its bytes stay where they are. */
  #closeUp(): void {
    let kept = 0
    for (let index = 0; index < this.#used; index += 1) {
      const from = this.#slot(index)
      if (this.#flags[from] === gone) continue
      const to = this.#slot(kept)
      kept += 1
      if (to === from) continue
      for (const column of [this.#starts, this.#sizes, this.#times, this.#tickets, this.#heirs, this.#flags]) {
        column[to] = column[from] as number
      }
      this.#notes[to] = this.#notes[from]
      this.#notes[from] = undefined
    }
    this.#used = kept
    if (kept === 0) this.#rewind()
  }

  /** The ring's entries of `from` in order at the front of `into`. */
  #unrolled<Column extends Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(from: Column, into: Column): Column {
    into.set(from.subarray(this.#first))
    into.set(from.subarray(0, this.#first), from.length - this.#first)
    return into
  }
}
