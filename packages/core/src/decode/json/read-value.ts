import { exactPowers, readDecimal } from '../decimal.js'
import type { Source } from '../source.js'
import type { Registers } from './registers.js'

// What scanners call. Values are read from `start` on, behind the opening quote or bracket, and the first byte behind them is returned. None looks behind `end`.

/** Returned in place of a position: this is not the declared value. */
export const refused = -1

const quote = 34
const comma = 44
const dot = 46
const zero = 48
const openBracket = 91
const closeBracket = 93

/** A decimal in quotes, `shift` places smaller than it is written; `orEmpty` takes an empty text for none. */
export function readDecimalField(
  { bytes }: Source,
  start: number,
  end: number,
  { numbers }: Registers,
  slot: number,
  shift: number,
  orEmpty: boolean,
): number {
  const behind = readDecimal(bytes, start, end, numbers, slot, shift)
  if (behind >= end || bytes[behind] !== quote) return refused
  return Number.isNaN(numbers[slot]) && !(orEmpty && behind === start) ? refused : behind + 1
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
