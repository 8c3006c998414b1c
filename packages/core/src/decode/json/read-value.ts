import { readDecimal } from '../decimal.js'
import { Literal } from './literal.js'
import { Read, type Step } from './program.js'

/** What a scan has read, by slot. */
export interface Registers {
  /** Numbers, the index of a choice, 1 and 0 for flags; NaN where there is none. */
  readonly numbers: Float64Array
  /** Windows of texts and whole numbers; -1 where they are absent. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly levels: (readonly number[])[]
}

/** Where the bytes are: the frame's buffer, and the memory it is a window on. */
export interface Source {
  readonly bytes: Buffer
  readonly memory: DataView
  /** Where `bytes` begins in the memory. */
  readonly offset: number
}

/** Returned in place of a position: this is not the declared value. */
export const refused = -1

const quote = 34
const comma = 44
const minus = 45
const zero = 48
const openBracket = 91
const backslash = 92
const closeBracket = 93
const maxIntegerDigits = 15
const trueWord = new Literal('true')
const falseWord = new Literal('false')

/** Reads the value that begins at `position`, behind its opening quote or bracket, and returns the first byte behind it. Texts end before `end`. */
export function readValue(step: Step, source: Source, position: number, end: number, registers: Registers): number {
  const { bytes } = source
  const { slot } = step
  switch (step.read) {
    case Read.Nothing:
      return position
    case Read.Integer:
      return readInteger(bytes, position, registers, slot)
    case Read.Decimal:
      return readQuotedDecimal(bytes, position, step.shift, registers, slot)
    case Read.DecimalOrEmpty:
      if (bytes[position] !== quote) return readQuotedDecimal(bytes, position, step.shift, registers, slot)
      registers.numbers[slot] = Number.NaN
      return position + 1
    case Read.Text:
      return readText(bytes, position, end, registers, slot)
    case Read.Choice:
      return readChoice(step.texts, source, position, registers, slot)
    case Read.Flag:
      return readFlag(source, position, registers, slot)
    case Read.Levels:
      return readLevelList(bytes, position, registers, slot)
  }
}

function readInteger(bytes: Buffer, start: number, registers: Registers, slot: number): number {
  const isNegative = bytes[start] === minus
  const first = isNegative ? start + 1 : start
  let at = first
  let value = 0
  let digit = (bytes[at] as number) - zero
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit
    at += 1
    digit = (bytes[at] as number) - zero
  }
  const digits = at - first
  if (digits === 0 || digits > maxIntegerDigits) return refused
  // JSON has no leading zeros, and -0 is written otherwise when it is a number again.
  if (bytes[first] === zero && (digits > 1 || isNegative)) return refused
  registers.numbers[slot] = isNegative ? -value : value
  registers.starts[slot] = start
  registers.ends[slot] = at
  return at
}

function readQuotedDecimal(
  bytes: Buffer,
  position: number,
  shift: number,
  { numbers }: Registers,
  slot: number,
): number {
  const end = readDecimal(bytes, position, numbers, slot, shift)
  return bytes[end] === quote && !Number.isNaN(numbers[slot]) ? end + 1 : refused
}

function readText(bytes: Buffer, start: number, end: number, registers: Registers, slot: number): number {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte === quote) {
      registers.starts[slot] = start
      registers.ends[slot] = at
      return at + 1
    }
    if (byte === backslash || byte < 32 || byte > 126) return refused
  }
  return refused
}

function readChoice(
  texts: readonly Literal[],
  { memory, offset }: Source,
  position: number,
  { numbers }: Registers,
  slot: number,
): number {
  for (let index = 0; index < texts.length; index += 1) {
    const text = texts[index] as Literal
    if (!text.standsAt(memory, offset + position)) continue
    numbers[slot] = index
    return position + text.length
  }
  return refused
}

function readFlag({ memory, offset }: Source, position: number, { numbers }: Registers, slot: number): number {
  const isTrue = trueWord.standsAt(memory, offset + position)
  if (!isTrue && !falseWord.standsAt(memory, offset + position)) return refused
  numbers[slot] = isTrue ? 1 : 0
  return position + (isTrue ? trueWord.length : falseWord.length)
}

/** Price and size of one level. */
const level = new Float64Array(2)

function readLevelList(bytes: Buffer, start: number, registers: Registers, slot: number): number {
  const levels: number[] = []
  registers.levels[slot] = levels
  registers.starts[slot] = start
  let at = start
  if (bytes[at] === closeBracket) return at + 1
  for (;;) {
    if (bytes[at] !== openBracket || bytes[at + 1] !== quote) return refused
    at = readDecimal(bytes, at + 2, level, 0, 0)
    if (bytes[at] !== quote || bytes[at + 1] !== comma || bytes[at + 2] !== quote) return refused
    at = readDecimal(bytes, at + 3, level, 1, 0)
    if (bytes[at] !== quote || bytes[at + 1] !== closeBracket) return refused
    const price = level[0] as number
    const size = level[1] as number
    if (Number.isNaN(price) || Number.isNaN(size)) return refused
    levels.push(price, size)
    const next = bytes[at + 2]
    at += 3
    if (next === closeBracket) return at
    if (next !== comma) return refused
  }
}
