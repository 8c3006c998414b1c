/** Powers of ten that a double holds exactly. */
const exactPowers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
/** From here on whole numbers are no longer all doubles, and one that comes out equal to it may have been rounded. */
const firstInexactInteger = 2 ** 53
const maxDigits = 15

const minus = 45
const dot = 46
const zero = 48

// Both put the number where it belongs instead of returning it: a double that is returned can be an object on the heap.

/**
 * Puts the number that a whole window of decimal text means into `numbers`, exactly as `Number(text)`, and NaN for an empty one. False for any text but
 * a minus or none, digits, and where there is a point digits behind it, and for a number beyond all doubles. Unlike text in quotes, a window ends where
 * nothing marks the end: the byte behind it may well look like a digit.
 *
 * Below 2^53 and up to 22 decimal places both the digits and the power of ten are exact doubles, so that one division rounds once, and correctly.
 */
export function readDecimal(bytes: Buffer, start: number, end: number, numbers: Float64Array, slot: number): boolean {
  numbers[slot] = Number.NaN
  if (start === end) return true
  const isNegative = bytes[start] === minus
  const first = isNegative ? start + 1 : start
  let value = 0
  let point = end
  for (let at = first; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte >= zero && byte < zero + 10) value = value * 10 + (byte - zero)
    else if (byte === dot && point === end) point = at
    else return false
  }
  // No digits, none before the point, none behind it.
  if (point === first || point === end - 1) return false
  const places = point === end ? 0 : end - point - 1
  if (value >= firstInexactInteger || places >= exactPowers.length) {
    numbers[slot] = Number(bytes.toString('latin1', start, end))
    return Number.isFinite(numbers[slot])
  }
  if (places > 0) value /= exactPowers[places] as number
  numbers[slot] = isNegative ? -value : value
  return true
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
