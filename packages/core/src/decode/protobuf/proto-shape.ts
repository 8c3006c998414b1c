import type { Instrument } from '../../model/instrument.js'
import type { ByteTable } from '../byte-table.js'
import { LoadedText } from '../loaded-text.js'
import { noSource, type Source, sourceOf } from '../source.js'
import type { SymbolTable } from '../symbol-table.js'
import { compileFields, type FieldTable } from './field-table.js'
import { readPlainLevel } from './levels.js'
import { ProtoLoader } from './load.js'
import { type ProtoDeclaration, type ProtoField, type ProtoOf, protoDecimal } from './proto-field.js'
import { createProtoScanner, type ProtoScan } from './scanner.js'
import { refused } from './varint.js'

/** A field's place in a scanned message. The kind keeps a number from being read as text. */
export type ProtoSlot<Kind extends ProtoField['kind']> = number & { readonly __kind: Kind }

type NumberSlot = ProtoSlot<'decimal' | 'amount' | 'digits' | 'integer' | 'int32'>
type TextSlot = ProtoSlot<'text' | 'amount'>

/** The slots of a declaration, by the names of its fields. */
export type ProtoSlotsOf<Declaration extends ProtoDeclaration> = {
  readonly [Name in keyof Declaration]: ProtoSlot<Declaration[Name]['kind']>
}

/** Demands that a message has the declared names, be they of optional fields. */
type Named<Declaration, Message> = keyof Declaration extends keyof Message ? unknown : ProtoOf<Declaration>

/** Room for more windows than this is given back: one huge message must not hold memory for ever. Several times the instruments of an exchange. */
const maxKeptWindows = 20_000

/**
 * One protobuf message, read in one of two ways that fill the same slots, so that one mapping serves both:
 *
 * - `scan`, the fast one, takes bytes. It reads what was declared, skips what was not, and says no to bytes that are not a message, hold a field in another wire
 *   type, or hold one twice that can only come once. It allocates nothing but levels.
 * - `load`, the reference, takes the message that a protobuf library decoded, and says what is wrong with it.
 *
 * What was read stays in its slots until the next scan or load, also one that fails.
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
  readonly #loader: ProtoLoader
  readonly #texts = new LoadedText()
  /** What is in the fields that hold messages, where this one was loaded. */
  readonly #messages: unknown[] = []
  #isLoaded = false
  #fault: string | null = null

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
    this.#loader = new ProtoLoader(declaration, this.#table, {
      numbers: this.#numbers,
      starts: this.#starts,
      ends: this.#ends,
      counts: this.#counts,
      levels: this.#levels,
      messages: this.#messages,
      texts: this.#texts,
    })
  }

  /** Whether these bytes are such a message, whole; its fields can then be read. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    return this.#scanSource(this.open(bytes), start, end)
  }

  /** Bytes that will be scanned, for looking at some of them before. */
  open(bytes: Buffer): Source {
    if (bytes !== this.#source.bytes) this.#source = sourceOf(bytes, this.#source)
    return this.#source
  }

  /**
   * Reads a message as a protobuf library decodes it, with generated code that calls its fields what the declaration does: repeated ones are arrays, one of several
   * is `{ $case, value }`. Null where all is well; otherwise what is wrong, naming the field: `price is "x", not a decimal number`.
   */
  load<Message extends object>(message: Message & Named<Declaration, Message>): string | null {
    this.#fault = this.#loader.load(message as Readonly<Record<string, unknown>>)
    this.#missing = this.#loader.missing
    this.#source = sourceOf(this.#texts.bytes, this.#source)
    this.#isLoaded = true
    return this.#fault
  }

  /** What was wrong with the last message that was loaded, be it by `scanItem` or `scanWithin`; null where nothing was. */
  get fault(): string | null {
    return this.#fault
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

  /**
   * Whether the message has the field at all, be it empty. Of a loaded message that is known of fields that the schema calls optional, and of messages; any
   * other counts as there.
   */
  has(slot: NumberSlot | ProtoSlot<'text' | 'message' | 'oneOf'>): boolean {
    return (this.#missing & (1 << slot)) === 0
  }

  /** Text, or an amount's digits as they were sent; empty where it is absent. */
  text(slot: TextSlot): string {
    return this.#source.bytes.toString('utf8', this.#starts[slot], this.#ends[slot])
  }

  /** Text; null where it is absent or empty. */
  textOrNull(slot: TextSlot): string | null {
    return this.#starts[slot] === this.#ends[slot] ? null : this.text(slot)
  }

  /** The bytes that `start` and `end` are about: those that were scanned, or of texts that were loaded. */
  get bytes(): Buffer {
    return this.#source.bytes
  }

  /** Where text starts in `bytes`. */
  start(slot: TextSlot): number {
    return this.#starts[slot] as number
  }

  /** Where text ends: at its start, where it is absent or empty. */
  end(slot: TextSlot): number {
    return this.#ends[slot] as number
  }

  /** What a table has for a text, without making a string; undefined where it is absent, empty or unknown. */
  lookUp<Value>(slot: TextSlot, table: ByteTable<Value>): Value | undefined {
    const start = this.#starts[slot] as number
    const end = this.#ends[slot] as number
    return start === end ? undefined : table.get(this.#source.bytes, start, end)
  }

  /** The instrument a wire symbol means, without making a string for one that is known; null where it is absent or cannot be read. */
  instrument(slot: ProtoSlot<'text'>, symbols: SymbolTable): Instrument | null {
    const start = this.#starts[slot] as number
    const end = this.#ends[slot] as number
    return start === end ? null : symbols.instrumentAt(this.#source.bytes, start, end)
  }

  /** The field number of the one message there is; 0 where there is none. */
  which(slot: ProtoSlot<'oneOf'>): number {
    return this.#numbers[slot] as number
  }

  /** Has another shape read the message in a field, as this one was read: by scan or load. An absent one is an empty one. */
  scanWithin(slot: ProtoSlot<'message' | 'oneOf'>, shape: ProtoShape<ProtoDeclaration>): boolean {
    if (this.#isLoaded) return shape.load((this.#messages[slot] ?? {}) as Readonly<Record<string, unknown>>) === null
    return shape.#scanSource(this.#source, this.#starts[slot] as number, this.#ends[slot] as number)
  }

  /** How many messages a repeated field has. */
  count(slot: ProtoSlot<'repeated'>): number {
    return this.#counts[slot] as number
  }

  /** Has another shape read one message of a repeated field, counted from 0, as this one was read. */
  scanItem(slot: ProtoSlot<'repeated'>, index: number, shape: ProtoShape<ProtoDeclaration>): boolean {
    if (this.#isLoaded) {
      const messages = this.#messages[slot] as readonly Readonly<Record<string, unknown>>[]
      return shape.load(messages[index] ?? {}) === null
    }
    const windows = this.#windows[slot] as number[]
    return shape.#scanSource(this.#source, windows[2 * index] as number, windows[2 * index + 1] as number)
  }

  /** Levels, flat: `[price, size, …]`, in an array that is the caller's to keep. */
  levels(slot: ProtoSlot<'levels'>): readonly number[] {
    return this.#levels[slot] as number[]
  }

  #scanSource(source: Source, start: number, end: number): boolean {
    this.#source = source
    this.#isLoaded = false
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
