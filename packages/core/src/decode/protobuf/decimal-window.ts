import { readDecimal as readDecimalText } from '../decimal.js'

const maxDigits = 15

const minus = 45
const dot = 46
const zero = 48

// Both put the number where it belongs instead of returning it: a double that is returned can be an object on the heap.

/**
 * Puts the number that a whole window of decimal text means into `numbers`, exactly as `Number(text)`, and NaN for an empty one. False for any text but
 * a minus or none, digits, and where there is a point digits behind it, and for a number beyond all doubles. Unlike text in quotes, a window ends where
 * nothing marks the end: the byte behind it may well look like a digit.
 */
export function readDecimal(bytes: Buffer, start: number, end: number, numbers: Float64Array, slot: number): boolean {
  if (start === end) {
    numbers[slot] = Number.NaN
    return true
  }
  const first = bytes[start] === minus ? start + 1 : start
  if (bytes[first] === dot || bytes[end - 1] === dot) return false
  return readDecimalText(bytes, start, end, numbers, slot, 0) === end && !Number.isNaN(numbers[slot])
}

/** The same for a whole number of at most 15 digits. */
export function readDigits(bytes: Buffer, start: number, end: number, numbers: Float64Array, slot: number): boolean {
  numbers[slot] = Number.NaN
  if (start === end) return true
  if (end - start > maxDigits) return false
  let value = 0
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - zero
    if (digit < 0 || digit > 9) return false
    value = value * 10 + digit
  }
  numbers[slot] = value
  return true
}
