import { exactPowers, readDecimal as readDecimalText } from '../decimal.js'

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
  // The usual number, of up to nine digits before and behind the point, is read in place; it is nearly every one, and the call is saved.
  let at = start
  let whole = 0
  for (; at < end; at += 1) {
    const digit = ((bytes[at] as number) - zero) >>> 0
    if (digit > 9) break
    whole = (whole * 10 + digit) | 0
  }
  const wholeDigits = at - start
  if (wholeDigits > 0 && wholeDigits <= 9 && at < end && bytes[at] === dot) {
    at += 1
    const fraction = at
    let part = 0
    for (; at < end; at += 1) {
      const digit = ((bytes[at] as number) - zero) >>> 0
      if (digit > 9) break
      part = (part * 10 + digit) | 0
    }
    const places = at - fraction
    if (at === end && places > 0 && places <= 9 && wholeDigits + places <= 15) {
      const power = exactPowers[places] as number
      numbers[slot] = (whole * power + part) / power
      return true
    }
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
