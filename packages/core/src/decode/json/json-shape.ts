import type { Instrument } from '../../model/instrument.js'
import { noSource, type Source, sourceOf } from '../source.js'
import type { SymbolTable } from '../symbol-table.js'
import type { ConstantField, JsonDeclaration, JsonField, OptionalField } from './field.js'
import { compile } from './program.js'
import type { Registers } from './registers.js'
import { createScanner, type Scan } from './scanner.js'

/** A field's place in a scanned frame. The kind keeps a number from being read as text. */
export type Slot<Kind extends JsonField['kind']> = number & { readonly __kind: Kind }

type SlotOf<Part> =
  Part extends OptionalField<infer Field>
    ? SlotOf<Field>
    : Part extends ConstantField
      ? never
      : Part extends JsonField
        ? Slot<Part['kind']>
        : SlotsOf<Part>

/** The slots of a declaration, nested as it is. */
export type SlotsOf<Declaration> = { readonly [Name in keyof Declaration]: SlotOf<Declaration[Name]> }

/**
 * The fast reader of one JSON payload: it accepts exactly the shape that was declared, in that order and without white space, and says no to everything
 * else, which then goes to `JSON.parse`. What it read stays in its slots until the next scan. It allocates nothing for a frame but its levels.
 */
export class JsonShape<Declaration extends JsonDeclaration> {
  readonly declaration: Declaration
  /** Where each field is found after a scan: `shape.slots.data.last`. */
  readonly slots: SlotsOf<Declaration>
  readonly #scan: Scan
  readonly #registers: Registers
  #source: Source = noSource

  constructor(declaration: Declaration) {
    this.declaration = declaration
    const program = compile(declaration)
    const { slotCount, slotsByPath } = program
    this.#registers = {
      numbers: new Float64Array(slotCount),
      starts: new Int32Array(slotCount),
      ends: new Int32Array(slotCount),
      levels: Array.from({ length: slotCount }, () => []),
    }
    this.#scan = createScanner(program, this.#registers)
    this.slots = slotTree(declaration, '', slotsByPath) as SlotsOf<Declaration>
  }

  /** Whether these bytes are this payload, whole; its fields can then be read. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#source.bytes) this.#source = sourceOf(bytes, this.#source)
    return this.#scan(this.#source, start, end)
  }

  /** A number; NaN where it is absent or empty. */
  number(slot: Slot<'integer' | 'decimal'>): number {
    return this.#registers.numbers[slot] as number
  }

  /** A number; null where it is absent or empty. */
  numberOrNull(slot: Slot<'integer' | 'decimal'>): number | null {
    const value = this.#registers.numbers[slot] as number
    return Number.isNaN(value) ? null : value
  }

  /** Text; null where it is absent. */
  text(slot: Slot<'text'>): string | null {
    return this.#textAt(slot)
  }

  /** The digits of a whole number as they stood on the wire: for ids. Null where it is absent. */
  digits(slot: Slot<'integer'>): string | null {
    return this.#textAt(slot)
  }

  /** Where a text begins in the scanned bytes; -1 where it is absent. */
  start(slot: Slot<'text'>): number {
    return this.#registers.starts[slot] as number
  }

  /** The first byte behind a text. */
  end(slot: Slot<'text'>): number {
    return this.#registers.ends[slot] as number
  }

  /** The pair a wire symbol means, without making a string for one that is known. Null where it cannot be read. */
  pair(slot: Slot<'text'>, symbols: SymbolTable): Instrument | null {
    const start = this.start(slot)
    return start === -1 ? null : symbols.pairAt(this.#source.bytes, start, this.end(slot))
  }

  /** Which of the declared texts it was, from 0; -1 where it is absent. */
  choice(slot: Slot<'choice'>): number {
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

  #textAt(slot: number): string | null {
    const { starts, ends } = this.#registers
    const start = starts[slot] as number
    return start === -1 ? null : this.#source.bytes.toString('latin1', start, ends[slot])
  }
}

/** Declares a payload: `jsonShape({ t: integer, s: text, p: decimal })`. */
export function jsonShape<const Declaration extends JsonDeclaration>(declaration: Declaration): JsonShape<Declaration> {
  return new JsonShape(declaration)
}

function slotTree(declaration: JsonDeclaration, path: string, slots: ReadonlyMap<string, number>): unknown {
  const tree: Record<string, unknown> = {}
  for (const [name, part] of Object.entries(declaration)) {
    const here = path === '' ? name : `${path}.${name}`
    tree[name] =
      typeof part.kind === 'string' ? (slots.get(here) ?? -1) : slotTree(part as JsonDeclaration, here, slots)
  }
  return tree
}
