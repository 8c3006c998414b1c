import { isUtf8 } from 'node:buffer'
import type { TradingPair } from '../../model/trading-pair.js'
import type { SymbolTable } from '../symbol-table.js'
import { decimalIn, digitsIn } from './decimal-window.js'
import {
  compileFields,
  decimalCode,
  digitsCode,
  type FieldTable,
  integerCode,
  levelsCode,
  repeatedCode,
  textCode,
} from './field-table.js'
import { readPlainLevel } from './levels.js'
import { type ProtoDeclaration, protoDecimal } from './proto-field.js'
import type { ProtoSlot, ProtoSlotsOf } from './proto-slot.js'
import { fixed32Wire, fixed64Wire, lengthWire, varintWire } from './wire.js'

const maxSafe = 2 ** 53
const tagLimit = 2 ** 32
const maxVarintBytes = 10

/**
 * The fast reader of one protobuf message. It reads what was declared, skips what was not, and says no to bytes that are not a message, hold a field in
 * another wire type, or hold one twice that can only come once: those go to the reference decoder. What it read stays in its slots until the next
 * scan. It allocates nothing but levels.
 */
export class ProtoShape<Declaration extends ProtoDeclaration> {
  readonly declaration: Declaration
  readonly slots: ProtoSlotsOf<Declaration>
  readonly #table: FieldTable
  readonly #codes: Uint8Array
  readonly #slotOf: Uint8Array
  /** By slot, as is all that follows. */
  readonly #numbers: Float64Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  /** Windows of repeated fields, start and end in turn, and how many of them count. */
  readonly #windows: number[][]
  readonly #counts: Int32Array
  readonly #levels: number[][]
  /** A bit for each field that may come once and has not come yet. */
  #missing = 0
  #bytes: Buffer = Buffer.alloc(0)
  /** Where the varint that was read last has stopped. */
  #position = 0

  constructor(declaration: Declaration) {
    const names = Object.keys(declaration)
    this.declaration = declaration
    this.slots = Object.fromEntries(names.map((name, slot) => [name, slot])) as ProtoSlotsOf<Declaration>
    this.#table = compileFields(declaration)
    this.#codes = this.#table.codes
    this.#slotOf = this.#table.slots
    this.#numbers = new Float64Array(names.length)
    this.#starts = new Int32Array(names.length)
    this.#ends = new Int32Array(names.length)
    this.#counts = new Int32Array(names.length)
    this.#windows = names.map(() => [])
    this.#levels = names.map(() => [])
  }

  /** Whether these bytes are such a message, whole; its fields can then be read. One loop over locals: this is where the time goes. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    const codes = this.#codes
    const slotOf = this.#slotOf
    let missing = this.#begin(bytes)
    let position = start
    while (position < end) {
      let tag = bytes[position] as number
      position += 1
      if (tag >= 0x80) {
        tag = this.#varint(position - 1, end)
        position = this.#position
      }
      if (!(tag < tagLimit)) return false
      const field = tag >>> 3
      const wire = tag & 7
      const code = field < codes.length ? (codes[field] as number) : 0
      if (code === 0) {
        if (field === 0 || !this.#skip(wire, position, end)) return false
        position = this.#position
        continue
      }
      const slot = slotOf[field] as number
      if (code < repeatedCode) {
        const bit = 1 << slot
        if ((missing & bit) === 0) return false
        missing ^= bit
      }
      if (wire !== (code === integerCode ? varintWire : lengthWire)) return false
      if (code === integerCode) {
        if (!this.#integer(slot, position, end)) return false
        position = this.#position
        continue
      }
      let length = position < end ? (bytes[position] as number) : end
      position += 1
      if (length >= 0x80) {
        length = this.#varint(position - 1, end)
        position = this.#position
      }
      if (!(length <= end - position)) return false
      if (!this.#content(code, field, slot, position, position + length)) return false
      position += length
    }
    this.#missing = missing
    if (missing !== 0) this.#fillAbsent(missing)
    return true
  }

  /** A number: NaN for an absent decimal, 0 for an absent integer. */
  number(slot: ProtoSlot<'number'>): number {
    return this.#numbers[slot] as number
  }

  /** A decimal; null where it is absent or empty. */
  numberOrNull(slot: ProtoSlot<'number'>): number | null {
    const value = this.#numbers[slot] as number
    return Number.isNaN(value) ? null : value
  }

  /** Whether the message has the field at all, be it empty. */
  has(slot: ProtoSlot<'number' | 'text' | 'message' | 'oneOf'>): boolean {
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

  /** Makes ready for a scan. Returns a bit for each field that may come once. */
  #begin(bytes: Buffer): number {
    const { singular, repeatedSlots, levelSlots } = this.#table
    this.#bytes = bytes
    for (const slot of repeatedSlots) this.#counts[slot] = 0
    for (const slot of levelSlots) this.#levels[slot] = []
    return singular
  }

  #integer(slot: number, start: number, end: number): boolean {
    const value = this.#varint(start, end)
    this.#numbers[slot] = value
    return value < maxSafe
  }

  #content(code: number, field: number, slot: number, start: number, end: number): boolean {
    const bytes = this.#bytes
    switch (code) {
      case decimalCode: {
        const value = decimalIn(bytes, start, end)
        this.#numbers[slot] = value
        return !Number.isNaN(value) || start === end
      }
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
      case digitsCode: {
        const value = digitsIn(bytes, start, end)
        this.#numbers[slot] = value
        return !Number.isNaN(value) || start === end
      }
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
    const { defaults } = this.#table
    for (let slot = 0; slot < defaults.length; slot += 1) {
      if ((missing & (1 << slot)) === 0) continue
      this.#numbers[slot] = defaults[slot] as number
      this.#starts[slot] = 0
      this.#ends[slot] = 0
    }
  }

  /** A varint of up to 64 bits as a double: exact below 2^53. NaN where it does not end, or is longer than ten bytes. */
  #varint(start: number, end: number): number {
    const bytes = this.#bytes
    const last = Math.min(end, start + maxVarintBytes)
    let value = 0
    let scale = 1
    for (let position = start; position < last; position += 1) {
      const byte = bytes[position] as number
      if (byte < 0x80) {
        this.#position = position + 1
        return value + byte * scale
      }
      value += (byte & 0x7f) * scale
      scale *= 128
    }
    return Number.NaN
  }

  #skip(wire: number, start: number, end: number): boolean {
    switch (wire) {
      case varintWire:
        return !Number.isNaN(this.#varint(start, end))
      case lengthWire: {
        const length = this.#varint(start, end)
        return this.#jump(this.#position, length, end)
      }
      case fixed64Wire:
        return this.#jump(start, 8, end)
      case fixed32Wire:
        return this.#jump(start, 4, end)
      default:
        return false
    }
  }

  #jump(start: number, length: number, end: number): boolean {
    if (!(length <= end - start)) return false
    this.#position = start + length
    return true
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

function isText(bytes: Buffer, start: number, end: number): boolean {
  let bits = 0
  for (let position = start; position < end; position += 1) bits |= bytes[position] as number
  return bits < 0x80 || isUtf8(bytes.subarray(start, end))
}
