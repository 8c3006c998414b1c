import { isUtf8 } from 'node:buffer'
import type { TradingPair } from '../../model/trading-pair.js'
import type { SymbolTable } from '../symbol-table.js'
import { readDecimal, readDigits } from './decimal-window.js'
import {
  compileFields,
  decimalCode,
  digitsCode,
  type FieldTable,
  integerCode,
  levelsCode,
  repeatedCode,
  textCode,
  undeclaredCode,
} from './field-table.js'
import { readPlainLevel } from './levels.js'
import { type ProtoDeclaration, type ProtoField, protoDecimal } from './proto-field.js'
import { readVarint, varintEnd } from './varint.js'
import { fixed32Wire, fixed64Wire, lengthWire, varintWire } from './wire.js'

/** A field's place in a scanned message. The kind keeps a number from being read as text. */
export type ProtoSlot<Kind extends ProtoField['kind']> = number & { readonly __kind: Kind }

type NumberSlot = ProtoSlot<'decimal' | 'digits' | 'integer'>

/** The slots of a declaration, by the names of its fields. */
export type ProtoSlotsOf<Declaration extends ProtoDeclaration> = {
  readonly [Name in keyof Declaration]: ProtoSlot<Declaration[Name]['kind']>
}

/** In place of a position. */
const refused = -1
/** In place of a varint that does not end or is longer than four bytes: as a length beyond any message, as a tag of no wire type. */
const overlong = 0x7fff_ffff

/** Room for more windows than this is given back: one huge message must not hold memory for ever. Several times the pairs of an exchange. */
const maxKeptWindows = 20_000

/**
 * The fast reader of one protobuf message. It reads what was declared, skips what was not, and says no to bytes that are not a message, hold a field in
 * another wire type, or hold one twice that can only come once: those go to the reference decoder. What it read stays in its slots until the next
 * scan. It allocates nothing but levels.
 */
export class ProtoShape<Declaration extends ProtoDeclaration> {
  readonly declaration: Declaration
  readonly slots: ProtoSlotsOf<Declaration>
  readonly #table: FieldTable
  /** By slot, as is all that follows. */
  readonly #numbers: Float64Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  /** Windows of repeated fields, start and end in turn, and how many of them count. */
  readonly #windows: number[][]
  readonly #counts: Int32Array
  readonly #levels: number[][]
  /** A bit for each field that comes once at most and did not come. */
  #missing = 0
  #bytes: Buffer = Buffer.alloc(0)
  /** Where the varint that was read last has stopped. */
  #position = 0

  constructor(declaration: Declaration) {
    const names = Object.keys(declaration)
    this.declaration = declaration
    this.slots = Object.fromEntries(names.map((name, slot) => [name, slot])) as ProtoSlotsOf<Declaration>
    this.#table = compileFields(declaration)
    this.#numbers = new Float64Array(names.length)
    this.#starts = new Int32Array(names.length)
    this.#ends = new Int32Array(names.length)
    this.#counts = new Int32Array(names.length)
    this.#windows = names.map(() => [])
    this.#levels = names.map(() => [])
  }

  /** Whether these bytes are such a message, whole; its fields can then be read. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    // Locals: this is where the time goes.
    const { codes, slots, bits, singular, hasRepeats } = this.#table
    this.#bytes = bytes
    if (hasRepeats) this.#clearRepeats()
    let missing = singular
    let position = start
    while (position < end) {
      let tag = bytes[position] as number
      position += 1
      if (tag >= 0x80) {
        tag = this.#shortVarint(position - 1, end)
        position = this.#position
      }
      const field = tag >>> 3
      const code = field < codes.length ? (codes[field] as number) : undeclaredCode
      if (code === undeclaredCode) {
        position = this.#skip(tag, position, end)
        if (position === refused) return false
        continue
      }
      const slot = slots[field] as number
      const bit = bits[field] as number
      if ((missing & bit) !== bit) return false
      missing ^= bit
      if (code === integerCode) {
        position = (tag & 7) === varintWire ? readVarint(bytes, position, end, this.#numbers, slot) : refused
        if (position === refused) return false
        continue
      }
      if ((tag & 7) !== lengthWire || position === end) return false
      let length = bytes[position] as number
      position += 1
      if (length >= 0x80) {
        length = this.#shortVarint(position - 1, end)
        position = this.#position
      }
      if (length > end - position) return false
      if (!this.#content(code, field, slot, position, position + length)) return false
      position += length
    }
    this.#fillAbsent(missing)
    return true
  }

  /** A number: NaN for an absent decimal, 0 for an absent integer. */
  number(slot: NumberSlot): number {
    return this.#numbers[slot] as number
  }

  /** A decimal; null where it is absent or empty. */
  numberOrNull(slot: NumberSlot): number | null {
    const value = this.#numbers[slot] as number
    return Number.isNaN(value) ? null : value
  }

  /** Whether the message has the field at all, be it empty. */
  has(slot: NumberSlot | ProtoSlot<'text' | 'message' | 'oneOf'>): boolean {
    return (this.#missing & (1 << slot)) === 0
  }

  /** Text; empty where it is absent. */
  text(slot: ProtoSlot<'text'>): string {
    return this.#bytes.toString('utf8', this.#starts[slot], this.#ends[slot])
  }

  /** Text; null where it is absent or empty. */
  textOrNull(slot: ProtoSlot<'text'>): string | null {
    return this.#starts[slot] === this.#ends[slot] ? null : this.text(slot)
  }

  /** Where text starts in the bytes that were scanned. */
  start(slot: ProtoSlot<'text'>): number {
    return this.#starts[slot] as number
  }

  /** Where text ends: at its start, where it is absent or empty. */
  end(slot: ProtoSlot<'text'>): number {
    return this.#ends[slot] as number
  }

  /** The pair a wire symbol means, without making a string for one that is known; null where it is absent or cannot be read. */
  pair(slot: ProtoSlot<'text'>, symbols: SymbolTable): TradingPair | null {
    const start = this.#starts[slot] as number
    const end = this.#ends[slot] as number
    return start === end ? null : symbols.pairAt(this.#bytes, start, end)
  }

  /** The field number of the one message there is; 0 where there is none. */
  which(slot: ProtoSlot<'oneOf'>): number {
    return this.#numbers[slot] as number
  }

  /** Has another shape scan the message in a field; an absent one is an empty one. */
  scanWithin(slot: ProtoSlot<'message' | 'oneOf'>, shape: ProtoShape<ProtoDeclaration>): boolean {
    return shape.scan(this.#bytes, this.#starts[slot] as number, this.#ends[slot] as number)
  }

  /** How many messages a repeated field has. */
  count(slot: ProtoSlot<'repeated'>): number {
    return this.#counts[slot] as number
  }

  /** Has another shape scan one message of a repeated field, counted from 0. */
  scanItem(slot: ProtoSlot<'repeated'>, index: number, shape: ProtoShape<ProtoDeclaration>): boolean {
    const windows = this.#windows[slot] as number[]
    return shape.scan(this.#bytes, windows[2 * index] as number, windows[2 * index + 1] as number)
  }

  /** Levels, flat: `[price, size, …]`, in an array that is the caller's to keep. */
  levels(slot: ProtoSlot<'levels'>): readonly number[] {
    return this.#levels[slot] as number[]
  }

  #clearRepeats(): void {
    for (const slot of this.#table.repeatedSlots) {
      this.#counts[slot] = 0
      if ((this.#windows[slot] as number[]).length > maxKeptWindows) this.#windows[slot] = []
    }
    for (const slot of this.#table.levelSlots) this.#levels[slot] = []
  }

  #content(code: number, field: number, slot: number, start: number, end: number): boolean {
    const bytes = this.#bytes
    switch (code) {
      case decimalCode:
        return readDecimal(bytes, start, end, this.#numbers, slot)
      case textCode:
        this.#starts[slot] = start
        this.#ends[slot] = end
        return isText(bytes, start, end)
      case levelsCode:
        return this.#level(this.#levels[slot] as number[], start, end)
      case repeatedCode: {
        const windows = this.#windows[slot] as number[]
        const count = this.#counts[slot] as number
        windows[2 * count] = start
        windows[2 * count + 1] = end
        this.#counts[slot] = count + 1
        return true
      }
      case digitsCode:
        return readDigits(bytes, start, end, this.#numbers, slot)
      default:
        this.#numbers[slot] = field
        this.#starts[slot] = start
        this.#ends[slot] = end
        return true
    }
  }

  #level(levels: number[], start: number, end: number): boolean {
    if (readPlainLevel(this.#bytes, start, end, levels)) return true
    if (!unusualLevel.scan(this.#bytes, start, end)) return false
    const price = unusualLevel.number(unusualLevel.slots.price)
    const size = unusualLevel.number(unusualLevel.slots.size)
    levels.push(price, size)
    return !Number.isNaN(price) && !Number.isNaN(size)
  }

  #fillAbsent(missing: number): void {
    this.#missing = missing
    if (missing === 0) return
    const { defaults } = this.#table
    for (let slot = 0; slot < defaults.length; slot += 1) {
      if ((missing & (1 << slot)) === 0) continue
      this.#numbers[slot] = defaults[slot] as number
      this.#starts[slot] = 0
      this.#ends[slot] = 0
    }
  }

  /** A varint of at most four bytes, which ends at `#position`. */
  #shortVarint(start: number, end: number): number {
    const last = Math.min(end, start + 4)
    let value = 0
    for (let position = start, shift = 0; position < last; position += 1, shift += 7) {
      const byte = this.#bytes[position] as number
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.#position = position + 1
        return value
      }
    }
    return overlong
  }

  /** Where the field behind a tag ends. Zero is no tag, nor is any other without a field number. */
  #skip(tag: number, start: number, end: number): number {
    if (tag < 8) return refused
    switch (tag & 7) {
      case varintWire:
        return varintEnd(this.#bytes, start, end)
      case lengthWire: {
        const length = this.#shortVarint(start, end)
        return length <= end - this.#position ? this.#position + length : refused
      }
      case fixed64Wire:
        return start + 8 <= end ? start + 8 : refused
      case fixed32Wire:
        return start + 4 <= end ? start + 4 : refused
      default:
        return refused
    }
  }
}

/** Declares a message: `protoShape({ price: protoDecimal(1), quantity: protoDecimal(2) })`. */
export function protoShape<const Declaration extends ProtoDeclaration>(
  declaration: Declaration,
): ProtoShape<Declaration> {
  return new ProtoShape(declaration)
}

/** A level with more fields, or in another order. */
const unusualLevel = protoShape({ price: protoDecimal(1), size: protoDecimal(2) })

/** Whether a window is UTF-8. Nearly all is ASCII, and is looked at four bytes at a time: the channel of a push is longer than all else in it. */
function isText(bytes: Buffer, start: number, end: number): boolean {
  let seen = 0
  let at = start
  for (; at + 4 <= end; at += 4) {
    seen |= (bytes[at] as number) | (bytes[at + 1] as number) | (bytes[at + 2] as number) | (bytes[at + 3] as number)
  }
  for (; at < end; at += 1) seen |= bytes[at] as number
  return seen < 0x80 || isUtf8(bytes.subarray(start, end))
}
