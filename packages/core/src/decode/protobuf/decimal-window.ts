/** Powers of ten that a double holds exactly. */
const exactPowers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
/** From here on whole numbers are no longer all doubles, and one that comes out equal to it may have been rounded. */
const firstInexactInteger = 2 ** 53
const maxDigits = 15

const minus = 45
const dot = 46
const zero = 48

/**
 * The number that a whole window of decimal text means, exactly as `Number(text)`: a minus or none, digits, and where there is a point digits behind it.
 * NaN for any other text, for none, and for one beyond all numbers. Unlike text in quotes, a window ends where nothing marks the end: the byte
 * behind it may well look like a digit.
 *
 * Below 2^53 and up to 22 decimal places both the digits and the power of ten are exact doubles, so that one division rounds once, and correctly.
 */
export function decimalIn(bytes: Buffer, start: number, end: number): number {
  const isNegative = start < end && bytes[start] === minus
  const first = isNegative ? start + 1 : start
  let value = 0
  let point = end
  for (let at = first; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte >= zero && byte < zero + 10) value = value * 10 + (byte - zero)
    else if (byte === dot && point === end) point = at
    else return Number.NaN
  }
  // No digits, none before the point, none behind it.
  if (point === first || point === end - 1) return Number.NaN
  const places = point === end ? 0 : end - point - 1
  if (value >= firstInexactInteger || places >= exactPowers.length) return longDecimal(bytes, start, end)
  if (places > 0) value /= exactPowers[places] as number
  return isNegative ? -value : value
}

/** The whole number that a window of at most 15 digits means; NaN for anything else. */
export function digitsIn(bytes: Buffer, start: number, end: number): number {
  if (start === end || end - start > maxDigits) return Number.NaN
  let value = 0
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - zero
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function longDecimal(bytes: Buffer, start: number, end: number): number {
  const value = Number(bytes.toString('latin1', start, end))
  return Number.isFinite(value) ? value : Number.NaN
}
