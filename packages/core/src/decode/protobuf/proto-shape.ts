import type { Instrument } from '../../model/instrument.js'
import { noSource, type Source, sourceOf } from '../source.js'
import type { SymbolTable } from '../symbol-table.js'
import { compileFields, type FieldTable } from './field-table.js'
import { readPlainLevel } from './levels.js'
import { type ProtoDeclaration, type ProtoField, protoDecimal } from './proto-field.js'
import { createProtoScanner, type ProtoScan } from './scanner.js'
import { refused } from './varint.js'

/** A field's place in a scanned message. The kind keeps a number from being read as text. */
export type ProtoSlot<Kind extends ProtoField['kind']> = number & { readonly __kind: Kind }

type NumberSlot = ProtoSlot<'decimal' | 'digits' | 'integer'>

/** The slots of a declaration, by the names of its fields. */
export type ProtoSlotsOf<Declaration extends ProtoDeclaration> = {
  readonly [Name in keyof Declaration]: ProtoSlot<Declaration[Name]['kind']>
}

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
  readonly #scan: ProtoScan
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
  #source: Source = noSource

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
    this.#scan = createProtoScanner(this.#table, {
      numbers: this.#numbers,
      starts: this.#starts,
      ends: this.#ends,
      addWindow: (slot, start, end) => this.#addWindow(slot, start, end),
      addLevel: (slot, source, start, end) => addLevel(this.#levels[slot] as number[], source, start, end),
    })
  }

  /** Whether these bytes are such a message, whole; its fields can then be read. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#source.bytes) this.#source = sourceOf(bytes, this.#source)
    return this.#scanSource(this.#source, start, end)
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
    return this.#source.bytes.toString('utf8', this.#starts[slot], this.#ends[slot])
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
  pair(slot: ProtoSlot<'text'>, symbols: SymbolTable): Instrument | null {
    const start = this.#starts[slot] as number
    const end = this.#ends[slot] as number
    return start === end ? null : symbols.pairAt(this.#source.bytes, start, end)
  }

  /** The field number of the one message there is; 0 where there is none. */
  which(slot: ProtoSlot<'oneOf'>): number {
    return this.#numbers[slot] as number
  }

  /** Has another shape scan the message in a field; an absent one is an empty one. */
  scanWithin(slot: ProtoSlot<'message' | 'oneOf'>, shape: ProtoShape<ProtoDeclaration>): boolean {
    return shape.#scanSource(this.#source, this.#starts[slot] as number, this.#ends[slot] as number)
  }

  /** How many messages a repeated field has. */
  count(slot: ProtoSlot<'repeated'>): number {
    return this.#counts[slot] as number
  }

  /** Has another shape scan one message of a repeated field, counted from 0. */
  scanItem(slot: ProtoSlot<'repeated'>, index: number, shape: ProtoShape<ProtoDeclaration>): boolean {
    const windows = this.#windows[slot] as number[]
    return shape.#scanSource(this.#source, windows[2 * index] as number, windows[2 * index + 1] as number)
  }

  /** Levels, flat: `[price, size, …]`, in an array that is the caller's to keep. */
  levels(slot: ProtoSlot<'levels'>): readonly number[] {
    return this.#levels[slot] as number[]
  }

  #scanSource(source: Source, start: number, end: number): boolean {
    this.#source = source
    if (this.#table.hasRepeats) this.#clearRepeats()
    const missing = this.#scan(source, start, end)
    if (missing === refused) return false
    this.#missing = missing
    if (missing !== 0) this.#fillAbsent(missing)
    return true
  }

  #clearRepeats(): void {
    const { repeatedSlots, levelSlots } = this.#table
    for (const slot of repeatedSlots) {
      this.#counts[slot] = 0
      if ((this.#windows[slot] as number[]).length > maxKeptWindows) this.#windows[slot] = []
    }
    for (const slot of levelSlots) this.#levels[slot] = []
  }

  #addWindow(slot: number, start: number, end: number): void {
    const windows = this.#windows[slot] as number[]
    const count = this.#counts[slot] as number
    windows[2 * count] = start
    windows[2 * count + 1] = end
    this.#counts[slot] = count + 1
  }

  #fillAbsent(missing: number): void {
    const { defaults } = this.#table
    for (let rest = missing; rest !== 0; rest &= rest - 1) {
      const slot = 31 - Math.clz32(rest & -rest)
      this.#numbers[slot] = defaults[slot] as number
      this.#starts[slot] = 0
      this.#ends[slot] = 0
    }
  }
}

/** Declares a message: `protoShape({ price: protoDecimal(1), quantity: protoDecimal(2) })`. */
export function protoShape<const Declaration extends ProtoDeclaration>(
  declaration: Declaration,
): ProtoShape<Declaration> {
  return new ProtoShape(declaration)
}

/** Adds a level; false for what is none. */
function addLevel(levels: number[], source: Source, start: number, end: number): boolean {
  if (readPlainLevel(source.bytes, start, end, levels)) return true
  if (!unusualLevel.scan(source.bytes, start, end)) return false
  const price = unusualLevel.number(unusualLevel.slots.price)
  const size = unusualLevel.number(unusualLevel.slots.size)
  levels.push(price, size)
  return !Number.isNaN(price) && !Number.isNaN(size)
}

/** A level with more fields, or in another order. */
const unusualLevel = protoShape({ price: protoDecimal(1), size: protoDecimal(2) })
