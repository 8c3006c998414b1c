/** Powers of ten that a double holds exactly. */
const exactPowers = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
/** From here on whole numbers are no longer all doubles, and one that comes out equal to it may have been rounded. */
const firstInexactInteger = 2 ** 53

const minus = 45
const dot = 46
const zero = 48

/**
 * Reads plain decimal text (`-12.50`; no exponent) from `position` on into `values[index]`, and returns the first byte behind it. The number is exactly
 * `Number(text)`, or with a `shift` exactly what `Number` gives for the text with its point moved left by so many places; NaN where no number stands there,
 * or one beyond all doubles. It is stored and not returned, because a returned one may become an object on the heap.
 *
 * Below 2^53 and up to 22 decimal places both the digits and the power of ten are exact doubles, so that one division rounds once, and correctly.
 * Anything longer goes through `Number` itself.
 */
export function readDecimal(
  bytes: Buffer,
  position: number,
  values: Float64Array,
  index: number,
  shift: number,
): number {
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
  let places = shift
  if (bytes[at] === dot) {
    at += 1
    const fraction = at
    digit = (bytes[at] as number) - zero
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      at += 1
      digit = (bytes[at] as number) - zero
    }
    places += at - fraction
    digits += at - fraction
  }
  if (value >= firstInexactInteger || places >= exactPowers.length) {
    value = longDecimal(bytes.toString('latin1', first, at), shift)
  } else if (digits === 0) value = Number.NaN
  else if (places > 0) value /= exactPowers[places] as number
  values[index] = isNegative ? -value : value
  return at
}

function longDecimal(text: string, shift: number): number {
  return Number.isFinite(Number(text)) ? Number(`${text}e-${shift}`) : Number.NaN
}
