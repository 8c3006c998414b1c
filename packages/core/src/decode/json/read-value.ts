import { exactPowers, readDecimal } from '../decimal.js'
import type { Source } from '../source.js'
import type { Registers } from './registers.js'

// What scanners call. Values are read from `start` on, and the first byte behind them is returned; where the kind of a field says what opens it, a quote or a
// bracket, that has been passed already. None looks behind `end`.

/** Returned in place of a position: this is not the declared value. */
export const refused = -1

const quote = 34
const plus = 43
const comma = 44
const minus = 45
const dot = 46
const zero = 48
const backslash = 92
/** A letter with this bit is lower case. */
const lowerCase = 32
const letterE = 101
const openBracket = 91
const closeBracket = 93

/** A decimal in quotes, `shift` places smaller than it is written; `orEmpty` takes an empty text for none. */
export function readDecimalField(
  { bytes }: Source,
  start: number,
  end: number,
  { numbers }: Pick<Registers, 'numbers'>,
  slot: number,
  shift: number,
  orEmpty: boolean,
): number {
  const behind = readDecimal(bytes, start, end, numbers, slot, shift)
  if (behind >= end || bytes[behind] !== quote) return refused
  return Number.isNaN(numbers[slot]) && !(orEmpty && behind === start) ? refused : behind + 1
}

/** A decimal without quotes, in any notation that JSON has. */
export function readBareDecimal(
  { bytes }: Source,
  start: number,
  end: number,
  { numbers }: Pick<Registers, 'numbers'>,
  slot: number,
): number {
  const first = start < end && bytes[start] === minus ? start + 1 : start
  let behind = readDecimal(bytes, start, end, numbers, slot, 0)
  if (behind === first || bytes[first] === dot || bytes[behind - 1] === dot) return refused
  if (bytes[first] === zero && behind > first + 1 && bytes[first + 1] !== dot) return refused
  if (behind < end && ((bytes[behind] as number) | lowerCase) === letterE) {
    behind = exponentEnd(bytes, behind + 1, end)
    if (behind === refused) return refused
    numbers[slot] = Number(bytes.toString('latin1', start, behind))
  }
  return Number.isFinite(numbers[slot]) ? behind : refused
}

function exponentEnd(bytes: Buffer, start: number, end: number): number {
  let at = start
  if (at < end && (bytes[at] === minus || bytes[at] === plus)) at += 1
  const first = at
  while (at < end && isDigit(bytes[at] as number)) at += 1
  return at === first ? refused : at
}

/** A decimal in quotes or without. */
export function readEitherDecimal(
  source: Source,
  start: number,
  end: number,
  registers: Pick<Registers, 'numbers'>,
  slot: number,
  orEmpty: boolean,
): number {
  return start < end && source.bytes[start] === quote
    ? readDecimalField(source, start + 1, end, registers, slot, 0, orEmpty)
    : readBareDecimal(source, start, end, registers, slot)
}

/** The same, and its digits are kept too. */
export function readAmount(
  source: Source,
  start: number,
  end: number,
  registers: Registers,
  slot: number,
  orEmpty: boolean,
): number {
  const behind = readEitherDecimal(source, start, end, registers, slot, orEmpty)
  if (behind === refused) return refused
  const inQuotes = source.bytes[start] === quote ? 1 : 0
  registers.starts[slot] = Number.isNaN(registers.numbers[slot]) ? -1 : start + inQuotes
  registers.ends[slot] = behind - inQuotes
  return behind
}

/** A whole number of at most so many digits is sure to be a double. */
export const maxExactDigits = 15

/** An id: its window, and its number where it is a whole one of at most 15 digits. */
export function readId(
  { bytes }: Source,
  start: number,
  end: number,
  { numbers, starts, ends }: Registers,
  slot: number,
): number {
  const inQuotes = start < end && bytes[start] === quote ? 1 : 0
  const first = start + inQuotes
  let at = first
  let value = 0
  while (at < end && isDigit(bytes[at] as number)) {
    value = value * 10 + ((bytes[at] as number) - zero)
    at += 1
  }
  numbers[slot] = at - first > maxExactDigits ? Number.NaN : value
  if (inQuotes === 0) {
    if (at === first || (bytes[first] === zero && at > first + 1)) return refused
  } else {
    if (at < end && bytes[at] !== quote) {
      numbers[slot] = Number.NaN
      at = plainTextEnd(bytes, at, end)
    }
    if (at === refused || at === first || at === end) return refused
  }
  starts[slot] = first
  ends[slot] = at
  return at + inQuotes
}

/** Where text of ASCII without escapes ends, at its closing quote. */
function plainTextEnd(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte === quote) return at
    if (byte === backslash || byte < 32 || byte > 126) return refused
  }
  return refused
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9
}

/** The number that was read last. */
const number = new Float64Array(1)

/**
 * Prices and sizes in turn. The usual number, of up to nine digits before and behind the point, is read in place, because books consist of little else;
 * `readDecimal`, which has the same loops, takes every other. What one of the two accepts, the other must read alike: the fuzz tests hold that.
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: split into steps it was slower, by the benchmark of book updates.
export function readLevels({ bytes }: Source, start: number, end: number, registers: Registers, slot: number): number {
  const levels: number[] = []
  registers.levels[slot] = levels
  registers.starts[slot] = start
  if (bytes[start] === closeBracket) return start + 1
  if (bytes[start] !== openBracket || bytes[start + 1] !== quote) return refused
  let at = start + 2
  let isPrice = true
  while (at < end) {
    const first = at
    let whole = 0
    while (at < end) {
      const digit = ((bytes[at] as number) - zero) >>> 0
      if (digit > 9) break
      whole = (whole * 10 + digit) | 0
      at += 1
    }
    const wholeDigits = at - first
    let value = whole
    let places = 0
    if (bytes[at] === dot) {
      at += 1
      const fraction = at
      let part = 0
      while (at < end) {
        const digit = ((bytes[at] as number) - zero) >>> 0
        if (digit > 9) break
        part = (part * 10 + digit) | 0
        at += 1
      }
      places = at - fraction
      const power = exactPowers[places] as number
      value = (whole * power + part) / power
    }
    if (wholeDigits === 0 || wholeDigits > 9 || places > 9 || wholeDigits + places > 15) {
      at = readDecimal(bytes, first, end, number, 0, 0)
      value = number[0] as number
      if (Number.isNaN(value)) return refused
    }
    levels.push(value)
    if (bytes[at] !== quote) return refused
    if (isPrice) {
      if (bytes[at + 1] !== comma || bytes[at + 2] !== quote) return refused
      at += 3
    } else {
      if (bytes[at + 1] !== closeBracket) return refused
      if (bytes[at + 2] === closeBracket) return at + 3
      if (bytes[at + 2] !== comma || bytes[at + 3] !== openBracket || bytes[at + 4] !== quote) return refused
      at += 5
    }
    isPrice = !isPrice
  }
  return refused
}

/** Whether the four bytes of a word, the first in the lowest, are all digits: 0x30 to 0x39, so that neither they nor they plus 6 leave the row of 0x30. */
export function areDigits(word: number): boolean {
  return (((word & 0xf0f0_f0f0) ^ 0x3030_3030) | (((word + 0x0606_0606) & 0xf0f0_f0f0) ^ 0x3030_3030)) === 0
}

/** The number that four digits of such a word mean: in pairs, and then the pairs. */
export function numberOfDigits(word: number): number {
  const digits = word & 0x0f0f_0f0f
  const pairs = (digits * 10 + (digits >>> 8)) & 0x00ff_00ff
  return (pairs & 0xff) * 100 + (pairs >>> 16)
}
