import { isUtf8 } from 'node:buffer'
import type { TradingPair } from '../../model/trading-pair.js'
import type { SymbolTable } from '../symbol-table.js'
import { decimalIn, digitsIn } from './decimal-window.js'
import { readPlainLevel } from './levels.js'
import {
  lastNumberOf,
  type ProtoDecimalField,
  type ProtoDeclaration,
  type ProtoDigitsField,
  type ProtoField,
  type ProtoIntegerField,
  type ProtoLevelsField,
  type ProtoMessageField,
  type ProtoOneOfField,
  type ProtoRepeatedField,
  type ProtoTextField,
  protoDecimal,
} from './proto-field.js'
import { fixed32Wire, fixed64Wire, lengthWire, tagLimit, varintWire } from './wire.js'

/** A field's place in a scanned message. The kind keeps a number from being read as text. */
export type ProtoSlot<Kind extends string> = number & { readonly __kind: Kind }

type SlotOf<Field> = Field extends ProtoDecimalField | ProtoDigitsField | ProtoIntegerField
  ? ProtoSlot<'number'>
  : Field extends ProtoTextField
    ? ProtoSlot<'text'>
    : Field extends ProtoMessageField
      ? ProtoSlot<'message'>
      : Field extends ProtoOneOfField
        ? ProtoSlot<'oneOf'>
        : Field extends ProtoRepeatedField
          ? ProtoSlot<'repeated'>
          : Field extends ProtoLevelsField
            ? ProtoSlot<'levels'>
            : never

export type ProtoSlotsOf<Declaration> = { readonly [Name in keyof Declaration]: SlotOf<Declaration[Name]> }

const integerCode = 1
const decimalCode = 2
const digitsCode = 3
const textCode = 4
const windowCode = 5
const repeatedCode = 6
const levelsCode = 7

/** What to do with a field; 0 stands for one that is not declared. From `repeated` on it may come more than once. */
const codes: Readonly<Record<ProtoField['kind'], number>> = {
  integer: integerCode,
  decimal: decimalCode,
  digits: digitsCode,
  text: textCode,
  message: windowCode,
  oneOf: windowCode,
  repeated: repeatedCode,
  levels: levelsCode,
}

/** Slots are bits of a number. */
const maxFields = 31
const maxSafe = 2 ** 53
const maxVarintBytes = 10

/**
 * The fast reader of one protobuf message. It reads what was declared, skips what was not, and says no to bytes that are not a message, hold a field in
 * another wire type, or hold one twice that can only come once: those go to the reference decoder. What it read stays in its slots until the next
 * scan. It allocates nothing but levels.
 */
export class ProtoShape<Declaration extends ProtoDeclaration> {
  readonly declaration: Declaration
  readonly slots: ProtoSlotsOf<Declaration>
  /** By field number: what it is, and its slot. */
  readonly #codes: Uint8Array
  readonly #slotOf: Uint8Array
  /** By slot: what an absent field is, as a number. */
  readonly #defaults: Float64Array
  readonly #numbers: Float64Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  /** Windows of repeated fields, start and end in turn, and how many count. */
  readonly #windows: number[][]
  readonly #counts: Int32Array
  readonly #levels: number[][]
  readonly #repeatedSlots: readonly number[]
  readonly #levelSlots: readonly number[]
  /** A bit for each slot of a field that comes once at most; those that the last scan did not meet. */
  readonly #singular: number
  #missing = 0
  #bytes: Buffer = Buffer.alloc(0)
  /** Where the varint that was read last has stopped. */
  #position = 0

  constructor(declaration: Declaration) {
    this.declaration = declaration
    const fields = Object.entries(declaration)
    if (fields.length > maxFields) throw new TypeError(`a message of more than ${maxFields} fields cannot be declared`)
    const highest = Math.max(0, ...fields.map(([, field]) => lastNumberOf(field)))
    this.#codes = new Uint8Array(highest + 1)
    this.#slotOf = new Uint8Array(highest + 1)
    for (const [slot, [name, field]] of fields.entries()) {
      for (let number = field.number; number <= lastNumberOf(field); number += 1) {
        if (this.#codes[number] !== 0) throw new TypeError(`${name} has the number ${number} of another field`)
        this.#codes[number] = codes[field.kind]
        this.#slotOf[number] = slot
      }
    }
    const slotsOf = (wanted: (field: ProtoField) => boolean): number[] =>
      fields.flatMap(([, field], slot) => (wanted(field) ? [slot] : []))
    this.#repeatedSlots = slotsOf(({ kind }) => kind === 'repeated')
    this.#levelSlots = slotsOf(({ kind }) => kind === 'levels')
    this.#singular = slotsOf(({ kind }) => codes[kind] < repeatedCode).reduce((bits, slot) => bits | (1 << slot), 0)
    this.#defaults = Float64Array.from(fields, ([, { kind }]) =>
      kind === 'decimal' || kind === 'digits' ? Number.NaN : 0,
    )
    this.#numbers = new Float64Array(fields.length)
    this.#starts = new Int32Array(fields.length)
    this.#ends = new Int32Array(fields.length)
    this.#counts = new Int32Array(fields.length)
    this.#windows = fields.map(() => [])
    this.#levels = fields.map(() => [])
    this.slots = Object.fromEntries(fields.map(([name], slot) => [name, slot])) as ProtoSlotsOf<Declaration>
  }

  /** Whether these bytes are such a message, whole; its fields can then be read. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    const codeOf = this.#codes
    const slotOf = this.#slotOf
    this.#bytes = bytes
    for (const slot of this.#repeatedSlots) this.#counts[slot] = 0
    for (const slot of this.#levelSlots) this.#levels[slot] = []
    let missing = this.#singular
    let position = start
    while (position < end) {
      let tag = bytes[position] as number
      position += 1
      if (tag >= 0x80) {
        tag = this.#varint(position - 1, end)
        if (!(tag < tagLimit)) return false
        position = this.#position
      }
      const field = tag >>> 3
      const wire = tag & 7
      const code = field < codeOf.length ? (codeOf[field] as number) : 0
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
      if (code === integerCode) {
        if (wire !== varintWire) return false
        const value = this.#varint(position, end)
        if (!(value < maxSafe)) return false
        this.#numbers[slot] = value
        position = this.#position
        continue
      }
      if (wire !== lengthWire || position === end) return false
      let length = bytes[position] as number
      position += 1
      if (length >= 0x80) {
        length = this.#varint(position - 1, end)
        position = this.#position
      }
      const from = position
      if (!(length <= end - from)) return false
      position = from + length
      if (!this.#content(code, slot, field, from, position)) return false
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

  /** Where text starts in the bytes that were scanned; it may be empty. */
  start(slot: ProtoSlot<'text'>): number {
    return this.#starts[slot] as number
  }

  end(slot: ProtoSlot<'text'>): number {
    return this.#ends[slot] as number
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

  #content(code: number, slot: number, field: number, from: number, to: number): boolean {
    switch (code) {
      case decimalCode: {
        const value = decimalIn(this.#bytes, from, to)
        this.#numbers[slot] = value
        return !Number.isNaN(value) || from === to
      }
      case digitsCode: {
        const value = digitsIn(this.#bytes, from, to)
        this.#numbers[slot] = value
        return !Number.isNaN(value) || from === to
      }
      case textCode:
        this.#starts[slot] = from
        this.#ends[slot] = to
        return isText(this.#bytes, from, to)
      case levelsCode:
        return this.#level(from, to, this.#levels[slot] as number[])
      case repeatedCode: {
        const windows = this.#windows[slot] as number[]
        const count = this.#counts[slot] as number
        windows[2 * count] = from
        windows[2 * count + 1] = to
        this.#counts[slot] = count + 1
        return true
      }
      default:
        this.#numbers[slot] = field
        this.#starts[slot] = from
        this.#ends[slot] = to
        return true
    }
  }

  #level(from: number, to: number, levels: number[]): boolean {
    if (readPlainLevel(this.#bytes, from, to, levels)) return true
    if (!unusualLevel.scan(this.#bytes, from, to)) return false
    const price = unusualLevel.number(unusualLevel.slots.price)
    const size = unusualLevel.number(unusualLevel.slots.size)
    levels.push(price, size)
    return !Number.isNaN(price) && !Number.isNaN(size)
  }

  #fillAbsent(missing: number): void {
    for (let slot = 0; slot < this.#defaults.length; slot += 1) {
      if ((missing & (1 << slot)) === 0) continue
      this.#numbers[slot] = this.#defaults[slot] as number
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
      case fixed64Wire:
        return this.#jump(start, 8, end)
      case lengthWire: {
        const length = this.#varint(start, end)
        return this.#jump(this.#position, length, end)
      }
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
