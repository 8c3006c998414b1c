/** Powers of ten that a double holds exactly. */
const exactPowers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
/** From here on whole numbers are no longer all doubles, and one that comes out equal to it may have been rounded. */
const firstInexactInteger = 2 ** 53

const minus = 45
const dot = 46
const zero = 48

/** Where the last `readDecimal` stopped: the first byte that does not belong to the number. A module variable, because a returned pair would be garbage on every call. */
let stoppedAt = 0

/** The first byte after the number that `readDecimal` read last. */
export function decimalEnd(): number {
  return stoppedAt
}

/**
 * Reads plain decimal text (`-12.50`; no exponent) from `position` on, exactly as `Number(text)` would. NaN where no number stands there.
 *
 * Below 2^53 and up to 22 decimal places both the digits and the power of ten are exact doubles, so that one division rounds once, and correctly.
 * Anything longer goes through `Number` itself.
 */
export function readDecimal(bytes: Buffer, position: number): number {
  let at = position
  const isNegative = bytes[at] === minus
  if (isNegative) at += 1
  const first = at
  let value = 0
  let digit = (bytes[at] as number) - zero
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit
    at += 1
    digit = (bytes[at] as number) - zero
  }
  let digits = at - first
  let places = 0
  if (bytes[at] === dot) {
    at += 1
    const fraction = at
    digit = (bytes[at] as number) - zero
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      at += 1
      digit = (bytes[at] as number) - zero
    }
    places = at - fraction
    digits += places
  }
  stoppedAt = at
  if (digits === 0) return Number.NaN
  if (value >= firstInexactInteger || places >= exactPowers.length)
    return Number(bytes.toString('latin1', position, at))
  if (places > 0) value /= exactPowers[places] as number
  return isNegative ? -value : value
}
