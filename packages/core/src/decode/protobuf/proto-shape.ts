import type { TradingPair } from '../../model/trading-pair.js'
import { decimalEnd, readDecimal } from '../decimal.js'
import type { SymbolTable } from '../symbol-table.js'
import type {
  ProtoDecimalField,
  ProtoDeclaration,
  ProtoIntegerField,
  ProtoRepeatedField,
  ProtoWindowField,
} from './proto-field.js'

/** A field's place in a scanned message. */
export type ProtoSlot<Kind extends string> = number & { readonly __kind: Kind }

type SlotOf<Field> = Field extends ProtoDecimalField | ProtoIntegerField
  ? ProtoSlot<'number'>
  : Field extends ProtoRepeatedField
    ? ProtoSlot<'repeated'>
    : Field extends ProtoWindowField
      ? ProtoSlot<'window'>
      : never

export type ProtoSlotsOf<Declaration> = { readonly [Name in keyof Declaration]: SlotOf<Declaration[Name]> }

const decimalCode = 1
const integerCode = 2
const windowCode = 3
const repeatedCode = 4

/** Protobuf wire types: https://protobuf.dev/programming-guides/encoding/ */
const varintWire = 0
const fixed64Wire = 1
const lengthWire = 2
const fixed32Wire = 5

const maxSafe = 2 ** 53

/**
 * The fast reader of one protobuf message. It reads what was declared, skips what was not, and says no to bytes that are not a message or hold a field in
 * another wire type: those go to the reference decoder. What it read stays in its slots until the next scan. It allocates nothing.
 */
export class ProtoShape<Declaration extends ProtoDeclaration> {
  readonly declaration: Declaration
  readonly slots: ProtoSlotsOf<Declaration>
  /** By field number: what kind of field it is (0: not declared), and its slot. */
  readonly #codes: Uint8Array
  readonly #slotOf: Int16Array
  readonly #kinds: Uint8Array
  readonly #numbers: Float64Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  /** Windows of repeated fields: start and end in turn. */
  readonly #windows: number[][]
  #bytes: Buffer = Buffer.alloc(0)
  #position = 0

  constructor(declaration: Declaration) {
    this.declaration = declaration
    const fields = Object.entries(declaration)
    const highest = Math.max(...fields.map(([, field]) => field.number))
    this.#codes = new Uint8Array(highest + 1)
    this.#slotOf = new Int16Array(highest + 1)
    this.#kinds = Uint8Array.from(fields, ([, field]) => codeOf(field.kind))
    this.#numbers = new Float64Array(fields.length)
    this.#starts = new Int32Array(fields.length)
    this.#ends = new Int32Array(fields.length)
    this.#windows = fields.map(() => [])
    const slots: Record<string, number> = {}
    for (const [slot, [name, field]] of fields.entries()) {
      if (this.#codes[field.number] !== 0)
        throw new TypeError(`${name} has the number ${field.number} of another field`)
      this.#codes[field.number] = codeOf(field.kind)
      this.#slotOf[field.number] = slot
      slots[name] = slot
    }
    this.slots = slots as ProtoSlotsOf<Declaration>
  }

  /** Whether these bytes are such a message, whole; its fields can then be read. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    this.#reset()
    this.#bytes = bytes
    this.#position = start
    while (this.#position < end) {
      const tag = this.#varint(end)
      const field = Math.floor(tag / 8)
      const wire = tag % 8
      // NaN for a tag that does not end is refused here too.
      if (!(field >= 1)) return false
      const code = field < this.#codes.length ? (this.#codes[field] as number) : 0
      const accepted = code === 0 ? this.#skip(wire, end) : this.#field(code, this.#slotOf[field] as number, wire, end)
      if (!accepted) return false
    }
    return this.#position === end
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

  /** Whether the message has the field at all. */
  has(slot: ProtoSlot<'window'>): boolean {
    return (this.#starts[slot] as number) !== -1
  }

  /** Where a window starts; -1 where the field is absent. */
  start(slot: ProtoSlot<'window'>): number {
    return this.#starts[slot] as number
  }

  end(slot: ProtoSlot<'window'>): number {
    return this.#ends[slot] as number
  }

  /** Text; empty where it is absent. */
  text(slot: ProtoSlot<'window'>): string {
    const start = this.#starts[slot] as number
    return start === -1 ? '' : this.#bytes.toString('utf8', start, this.#ends[slot])
  }

  /** The pair a wire symbol means; null where it is absent or cannot be read. */
  pair(slot: ProtoSlot<'window'>, symbols: SymbolTable): TradingPair | null {
    const start = this.#starts[slot] as number
    return start === -1 ? null : symbols.pairAt(this.#bytes, start, this.#ends[slot] as number)
  }

  /** Windows of a repeated field, start and end in turn; valid until the next scan. */
  windows(slot: ProtoSlot<'repeated'>): readonly number[] {
    return this.#windows[slot] as number[]
  }

  #reset(): void {
    for (let slot = 0; slot < this.#kinds.length; slot += 1) {
      const kind = this.#kinds[slot]
      this.#starts[slot] = -1
      this.#ends[slot] = -1
      this.#numbers[slot] = kind === decimalCode ? Number.NaN : 0
      if (kind === repeatedCode) (this.#windows[slot] as number[]).length = 0
    }
  }

  #field(code: number, slot: number, wire: number, end: number): boolean {
    if (code === integerCode) {
      if (wire !== varintWire) return false
      const value = this.#varint(end)
      this.#numbers[slot] = value
      return value < maxSafe
    }
    if (wire !== lengthWire) return false
    const length = this.#varint(end)
    const start = this.#position
    const stop = start + length
    if (!(stop <= end)) return false
    this.#position = stop
    if (code === decimalCode) {
      if (length === 0) return true
      const value = readDecimal(this.#bytes, start)
      this.#numbers[slot] = value
      return decimalEnd() === stop && !Number.isNaN(value)
    }
    if (code === repeatedCode) {
      ;(this.#windows[slot] as number[]).push(start, stop)
    } else {
      this.#starts[slot] = start
      this.#ends[slot] = stop
    }
    return true
  }

  /** A varint of up to 64 bits as a double: exact below 2^53. NaN where it does not end, or is longer than ten bytes. */
  #varint(end: number): number {
    const bytes = this.#bytes
    let position = this.#position
    let value = 0
    let scale = 1
    for (let length = 0; length < 10 && position < end; length += 1) {
      const byte = bytes[position] as number
      position += 1
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        this.#position = position
        return value
      }
      scale *= 128
    }
    return Number.NaN
  }

  #skip(wire: number, end: number): boolean {
    switch (wire) {
      case varintWire:
        return !Number.isNaN(this.#varint(end))
      case fixed64Wire:
        this.#position += 8
        break
      case lengthWire: {
        // Read first: the varint itself moves the position.
        const length = this.#varint(end)
        this.#position += length
        break
      }
      case fixed32Wire:
        this.#position += 4
        break
      default:
        return false
    }
    return this.#position <= end
  }
}

function codeOf(kind: 'decimal' | 'integer' | 'window' | 'repeated'): number {
  return { decimal: decimalCode, integer: integerCode, window: windowCode, repeated: repeatedCode }[kind]
}

/** Declares a message: `protoShape({ price: protoDecimal(1), quantity: protoDecimal(2) })`. */
export function protoShape<const Declaration extends ProtoDeclaration>(
  declaration: Declaration,
): ProtoShape<Declaration> {
  return new ProtoShape(declaration)
}
