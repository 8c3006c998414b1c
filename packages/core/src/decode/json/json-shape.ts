import type { Instrument } from '../../model/instrument.js'
import type { Stream } from '../../model/stream.js'
import type { ByteTable } from '../byte-table.js'
import { LoadedText } from '../loaded-text.js'
import { noSource, type Source, sourceOf } from '../source.js'
import type { StreamTable } from '../stream-table.js'
import type { SymbolTable } from '../symbol-table.js'
import type {
  ConstantField,
  JsonDeclaration,
  JsonField,
  ListPart,
  NullableField,
  OptionalField,
  TuplePart,
} from './field.js'
import { compile, type Layout } from './layout.js'
import { Loader } from './load.js'
import { createRegisters, type Registers } from './registers.js'
import { createScanner, type Scan } from './scanner.js'

/** A field's place in a frame that has been read. The kind keeps a number from being read as text. */
export type Slot<Kind extends JsonField['kind']> = number & { readonly __kind: Kind }

/** An array's place, and those of the fields of one item at a time: the one that `item` has made current. */
export interface ListSlots<Item = unknown> {
  readonly slot: number
  readonly index: number
  readonly item: Item
}

type SlotOf<Part> = Part extends OptionalField<infer Inner> | NullableField<infer Inner>
  ? SlotOf<Inner>
  : Part extends ListPart<infer Item>
    ? ListSlots<SlotOf<Item>>
    : Part extends TuplePart<infer Elements>
      ? SlotsOf<Elements>
      : Part extends ConstantField
        ? never
        : Part extends JsonField
          ? Slot<Part['kind']>
          : SlotsOf<Part>

/** The slots of a declaration, nested as it is. */
export type SlotsOf<Declaration> = { readonly [Name in keyof Declaration]: SlotOf<Declaration[Name]> }

/** Slots that have a number. */
type NumberSlot = Slot<'integer' | 'decimal' | 'amount' | 'id'>
/** Slots that have a window of text. */
type TextSlot = Slot<'text' | 'openChoice' | 'amount' | 'id'>

/**
 * One JSON payload, read in one of two ways that fill the same slots, so that one mapping serves both:
 *
 * - `scan`, the fast one, takes bytes of exactly the shape that was declared, in that order and without white space, and says no to everything else. It
 *   allocates nothing for a frame but its levels.
 * - `load`, the reference, takes what `frameJson` parsed, in any order and notation, and says what is wrong with it.
 *
 * What was read stays in its slots until the next scan or load, also one that fails.
 */
export class JsonShape<Declaration extends JsonDeclaration> {
  readonly declaration: Declaration
  /** Where each field is found: `shape.slots.data.last`. */
  readonly slots: SlotsOf<Declaration>
  readonly #scan: Scan
  readonly #loader: Loader
  readonly #texts = new LoadedText()
  readonly #registers: Registers
  #source: Source = noSource

  constructor(declaration: Declaration) {
    this.declaration = declaration
    const compiled = compile(declaration)
    this.#registers = createRegisters(compiled.slotCount, compiled.lists)
    this.#scan = createScanner(compiled, this.#registers)
    this.#loader = new Loader(compiled.root, this.#registers, this.#texts)
    this.slots = slotsOf(compiled.root) as SlotsOf<Declaration>
  }

  /** Whether these bytes are this payload, whole; its fields can then be read. Always false where code may not be generated. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#source.bytes) this.#source = sourceOf(bytes, this.#source)
    return this.#scan(this.#source, start, end)
  }

  /**
   * Reads parsed JSON. Null where it is this payload; its fields can then be read. Otherwise what is wrong, naming the field: `b is missing`,
   * `result[2].p is "x", not a decimal number`. Fields that were not declared are ignored; null stands for an optional one that is absent.
   */
  load(value: unknown): string | null {
    const fault = this.#loader.load(value)
    this.#source = sourceOf(this.#texts.bytes, this.#source)
    return fault
  }

  /** A number; NaN where it is absent or empty, and for an id that is no whole number of at most 15 digits. */
  number(slot: NumberSlot): number {
    return this.#registers.numbers[slot] as number
  }

  /** A number; null where it is absent or empty. */
  numberOrNull(slot: NumberSlot): number | null {
    const value = this.#registers.numbers[slot] as number
    return Number.isNaN(value) ? null : value
  }

  /** Text, an amount's digits as they were sent, an id; null where it is absent. */
  text(slot: TextSlot): string | null {
    return this.#textAt(slot)
  }

  /** The digits of a whole number as they were sent. Null where it is absent. */
  digits(slot: Slot<'integer' | 'id'>): string | null {
    return this.#textAt(slot)
  }

  /** The bytes that `start` and `end` are about: the frame's that was scanned, or of texts that were loaded. */
  get bytes(): Buffer {
    return this.#source.bytes
  }

  /** Where a text begins in `bytes`; -1 where it is absent. */
  start(slot: TextSlot): number {
    return this.#registers.starts[slot] as number
  }

  /** The first byte behind a text. */
  end(slot: TextSlot): number {
    return this.#registers.ends[slot] as number
  }

  /** What a table has for a text, without making a string; undefined where it is absent or unknown. */
  lookUp<Value>(slot: TextSlot, table: ByteTable<Value>): Value | undefined {
    const start = this.start(slot)
    return start === -1 ? undefined : table.get(this.#source.bytes, start, this.end(slot))
  }

  /** The stream a text names, without making a string for one that is known. Null where it is absent or cannot be read. */
  stream(slot: TextSlot, streams: StreamTable): Stream | null {
    const start = this.start(slot)
    return start === -1 ? null : streams.at(this.#source.bytes, start, this.end(slot))
  }

  /** The instrument a wire symbol means, without making a string for one that is known. Null where it cannot be read. */
  instrument(slot: Slot<'text'>, symbols: SymbolTable): Instrument | null {
    const start = this.start(slot)
    return start === -1 ? null : symbols.instrumentAt(this.#source.bytes, start, this.end(slot))
  }

  /** Which of the declared texts it was, from 0; of a choice that may grow, the index behind the last for any other; -1 where it is absent. */
  choice(slot: Slot<'choice' | 'openChoice'>): number {
    const value = this.#registers.numbers[slot] as number
    return Number.isNaN(value) ? -1 : value
  }

  /** A flag; null where it is absent. */
  flag(slot: Slot<'flag'>): boolean | null {
    const value = this.#registers.numbers[slot] as number
    return Number.isNaN(value) ? null : value === 1
  }

  /** Levels, flat, in an array that is the caller's to keep; empty where they are absent. */
  levels(slot: Slot<'levels'>): readonly number[] {
    const { starts, levels } = this.#registers
    return starts[slot] === -1 ? [] : (levels[slot] as readonly number[])
  }

  /** The same levels as they were sent, where the declaration keeps that: `[price, size, …]`. */
  levelDigits(slot: Slot<'levels'>): readonly string[] {
    const { starts, digits } = this.#registers
    return starts[slot] === -1 ? [] : (digits[slot] as readonly string[])
  }

  /** How many items an array has; 0 where it is absent. */
  count({ slot }: ListSlots): number {
    const { starts, ends } = this.#registers
    const start = starts[slot] as number
    return start === -1 ? 0 : (ends[slot] as number) - start
  }

  /** Makes an item of an array current, from 0 to its count: the slots of `list.item` then hold what that one has. */
  item({ slot, index }: ListSlots, place: number): void {
    const { starts, lists } = this.#registers
    lists[index]?.show((starts[slot] as number) + place)
  }

  #textAt(slot: number): string | null {
    const { starts, ends } = this.#registers
    const start = starts[slot] as number
    if (start === -1) return null
    const { bytes } = this.#source
    return bytes.toString(bytes === this.#texts.bytes ? 'utf8' : 'latin1', start, ends[slot])
  }
}

/** Declares a payload: `jsonShape({ t: integer, s: text, p: decimal })`. */
export function jsonShape<const Declaration extends JsonDeclaration>(declaration: Declaration): JsonShape<Declaration> {
  return new JsonShape(declaration)
}

function slotsOf(layout: Layout): unknown {
  switch (layout.kind) {
    case 'constant':
      return -1
    case 'value':
      return layout.slot
    case 'list':
      return { slot: layout.slot, index: layout.index, item: slotsOf(layout.item) }
    case 'group':
      return Object.fromEntries(layout.members.map((member) => [member.name, slotsOf(member.layout)]))
  }
}
