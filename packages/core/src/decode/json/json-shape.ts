import type { TradingPair } from '../../model/trading-pair.js'
import { decimalEnd, readDecimal } from '../decimal.js'
import type { SymbolTable } from '../symbol-table.js'
import type {
  ChoiceField,
  ConstantField,
  DecimalField,
  FlagField,
  IntegerField,
  JsonDeclaration,
  LevelsField,
  OptionalField,
  TextField,
} from './field.js'
import { compile, type Program, Step } from './program.js'

/** A field's place in a scanned frame. The kind keeps a number from being read as text. */
export type Slot<Kind extends string> = number & { readonly __kind: Kind }

type SlotOf<Part> =
  Part extends OptionalField<infer Field>
    ? SlotOf<Field>
    : Part extends IntegerField | DecimalField
      ? Slot<'number'>
      : Part extends TextField
        ? Slot<'text'>
        : Part extends FlagField
          ? Slot<'flag'>
          : Part extends ChoiceField
            ? Slot<'choice'>
            : Part extends LevelsField
              ? Slot<'levels'>
              : Part extends ConstantField
                ? never
                : SlotsOf<Part>

/** The slots of a declaration, nested as it is. */
export type SlotsOf<Declaration> = { readonly [Name in keyof Declaration]: SlotOf<Declaration[Name]> }

const quote = 34
const comma = 44
const minus = 45
const zero = 48
const openBracket = 91
const backslash = 92
const closeBracket = 93
const maxIntegerDigits = 15

/**
 * The fast reader of one JSON payload: it accepts exactly the shape that was declared, in that order and without white space, and says no to everything
 * else, which then goes to `JSON.parse`. What it read stays in its slots until the next scan. It allocates nothing but levels.
 */
export class JsonShape<Declaration extends JsonDeclaration> {
  readonly declaration: Declaration
  /** Where each field is found after a scan: `shape.slots.data.last`. */
  readonly slots: SlotsOf<Declaration>
  readonly #program: Program
  readonly #literalWords: DataView
  readonly #numbers: Float64Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #levels: number[][]
  #bytes: Buffer = Buffer.alloc(0)
  #memory: ArrayBufferLike | null = null
  #words: DataView = new DataView(new ArrayBuffer(0))
  /** Where the step that was carried out last has stopped. */
  #position = 0

  constructor(declaration: Declaration) {
    this.declaration = declaration
    this.#program = compile(declaration)
    this.#literalWords = new DataView(this.#program.literals.buffer)
    const { slotCount } = this.#program
    this.#numbers = new Float64Array(slotCount)
    this.#starts = new Int32Array(slotCount)
    this.#ends = new Int32Array(slotCount)
    this.#levels = Array.from({ length: slotCount }, () => [])
    this.slots = slotTree(declaration, '', this.#program.slotsByPath) as SlotsOf<Declaration>
  }

  /** Whether these bytes are this payload, whole; its fields can then be read. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    const { steps, slots } = this.#program
    if (bytes.buffer !== this.#memory) {
      this.#memory = bytes.buffer
      this.#words = new DataView(bytes.buffer)
    }
    this.#bytes = bytes
    this.#position = start
    for (let step = 0; step < steps.length; step += 1) {
      const slot = slots[step] as number
      let accepted = true
      switch (steps[step]) {
        case Step.Literal:
          accepted = this.#literal(step)
          break
        case Step.LiteralIfPresent:
          if (!this.#literal(step)) {
            this.#numbers[slot] = Number.NaN
            this.#starts[slot] = -1
            step += 1
          }
          break
        case Step.Integer:
          accepted = this.#integer(slot)
          break
        case Step.Decimal:
          accepted = this.#decimal(slot)
          break
        case Step.DecimalOrEmpty:
          accepted = this.#emptyText(slot) || this.#decimal(slot)
          break
        case Step.Text:
          accepted = this.#text(slot, end)
          break
        case Step.Choice:
          accepted = this.#choice(step, slot)
          break
        case Step.Flag:
          accepted = this.#flag(slot)
          break
        case Step.Levels:
          accepted = this.#levelList(slot)
          break
      }
      if (!accepted) return false
    }
    return this.#position === end
  }

  /** A number; NaN where it is absent or empty. */
  number(slot: Slot<'number'>): number {
    return this.#numbers[slot] as number
  }

  /** A number; null where it is absent or empty. */
  numberOrNull(slot: Slot<'number'>): number | null {
    const value = this.#numbers[slot] as number
    return Number.isNaN(value) ? null : value
  }

  /** Text; null where it is absent. */
  text(slot: Slot<'text'>): string | null {
    const start = this.#starts[slot] as number
    return start === -1 ? null : this.#bytes.toString('latin1', start, this.#ends[slot])
  }

  /** The digits of a whole number as they stood on the wire: for ids. Null where it is absent. */
  digits(slot: Slot<'number'>): string | null {
    const start = this.#starts[slot] as number
    return start === -1 ? null : this.#bytes.toString('latin1', start, this.#ends[slot])
  }

  /** The pair a wire symbol means, without making a string for one that is known. Null where it cannot be read. */
  pair(slot: Slot<'text'>, symbols: SymbolTable): TradingPair | null {
    return symbols.pairAt(this.#bytes, this.#starts[slot] as number, this.#ends[slot] as number)
  }

  /** Which of the declared texts it was, from 0; -1 where it is absent. */
  choice(slot: Slot<'choice'>): number {
    const value = this.#numbers[slot] as number
    return Number.isNaN(value) ? -1 : value
  }

  /** A flag; null where it is absent. */
  flag(slot: Slot<'flag'>): boolean | null {
    const value = this.#numbers[slot] as number
    return Number.isNaN(value) ? null : value === 1
  }

  /** Levels, flat, in an array that is the caller's to keep; empty where they are absent. */
  levels(slot: Slot<'levels'>): readonly number[] {
    return (this.#starts[slot] as number) === -1 ? [] : (this.#levels[slot] as number[])
  }

  /**
   * Compares eight bytes at a time, as doubles: equal bits compare equal but for NaN and the zeros, and a literal's ASCII is neither.
   */
  #literal(step: number): boolean {
    const { literals, literalStarts, literalEnds } = this.#program
    const bytes = this.#bytes
    const end = literalEnds[step] as number
    let expected = literalStarts[step] as number
    let position = this.#position
    const offset = bytes.byteOffset
    if (offset + position + (end - expected) > this.#words.byteLength) return false
    for (; expected + 8 <= end; expected += 8, position += 8) {
      if (this.#words.getFloat64(offset + position, true) !== this.#literalWords.getFloat64(expected, true))
        return false
    }
    for (; expected < end; expected += 1, position += 1) {
      if (bytes[position] !== literals[expected]) return false
    }
    this.#position = position
    return true
  }

  #integer(slot: number): boolean {
    const bytes = this.#bytes
    let position = this.#position
    this.#starts[slot] = position
    const isNegative = bytes[position] === minus
    if (isNegative) position += 1
    const first = position
    let value = 0
    let digit = (bytes[position] as number) - zero
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      position += 1
      digit = (bytes[position] as number) - zero
    }
    const digits = position - first
    // JSON has no leading zeros.
    if (digits === 0 || digits > maxIntegerDigits || (bytes[first] === zero && digits > 1)) return false
    this.#numbers[slot] = isNegative ? -value : value
    this.#ends[slot] = position
    this.#position = position
    return true
  }

  #decimal(slot: number): boolean {
    const bytes = this.#bytes
    if (bytes[this.#position] !== quote) return false
    const value = readDecimal(bytes, this.#position + 1)
    const end = decimalEnd()
    if (Number.isNaN(value) || bytes[end] !== quote) return false
    this.#numbers[slot] = value
    this.#position = end + 1
    return true
  }

  #emptyText(slot: number): boolean {
    const position = this.#position
    if (this.#bytes[position] !== quote || this.#bytes[position + 1] !== quote) return false
    this.#numbers[slot] = Number.NaN
    this.#position = position + 2
    return true
  }

  #text(slot: number, end: number): boolean {
    const bytes = this.#bytes
    let position = this.#position
    if (bytes[position] !== quote) return false
    position += 1
    this.#starts[slot] = position
    for (; position < end; position += 1) {
      const byte = bytes[position] as number
      if (byte === quote) {
        this.#ends[slot] = position
        this.#position = position + 1
        return true
      }
      if (byte === backslash || byte < 32 || byte > 126) return false
    }
    return false
  }

  #choice(step: number, slot: number): boolean {
    const bytes = this.#bytes
    if (bytes[this.#position] !== quote) return false
    const start = this.#position + 1
    const texts = this.#program.choices[step] as readonly Uint8Array[]
    for (let index = 0; index < texts.length; index += 1) {
      const expected = texts[index] as Uint8Array
      let matched = 0
      while (matched < expected.length && bytes[start + matched] === expected[matched]) matched += 1
      if (matched < expected.length) continue
      this.#numbers[slot] = index
      this.#position = start + matched
      return true
    }
    return false
  }

  #flag(slot: number): boolean {
    const bytes = this.#bytes
    const position = this.#position
    const isTrue = bytes[position] === 116
    const word = isTrue ? trueBytes : falseBytes
    for (let index = 0; index < word.length; index += 1) if (bytes[position + index] !== word[index]) return false
    this.#numbers[slot] = isTrue ? 1 : 0
    this.#position = position + word.length
    return true
  }

  #levelList(slot: number): boolean {
    const bytes = this.#bytes
    let position = this.#position
    const levels: number[] = []
    if (bytes[position] !== openBracket) return false
    position += 1
    if (bytes[position] === closeBracket) {
      this.#finishLevels(slot, levels, position + 1)
      return true
    }
    for (;;) {
      if (bytes[position] !== openBracket || bytes[position + 1] !== quote) return false
      const price = readDecimal(bytes, position + 2)
      position = decimalEnd()
      if (bytes[position] !== quote || bytes[position + 1] !== comma || bytes[position + 2] !== quote) return false
      const size = readDecimal(bytes, position + 3)
      position = decimalEnd()
      if (bytes[position] !== quote || bytes[position + 1] !== closeBracket) return false
      if (Number.isNaN(price) || Number.isNaN(size)) return false
      levels.push(price, size)
      position += 2
      if (bytes[position] === comma) {
        position += 1
        continue
      }
      if (bytes[position] !== closeBracket) return false
      this.#finishLevels(slot, levels, position + 1)
      return true
    }
  }

  #finishLevels(slot: number, levels: number[], position: number): void {
    this.#levels[slot] = levels
    this.#starts[slot] = this.#position
    this.#position = position
  }
}

const trueBytes = Uint8Array.from(Buffer.from('true'))
const falseBytes = Uint8Array.from(Buffer.from('false'))

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
