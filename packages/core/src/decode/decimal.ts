/** Powers of ten that a double holds exactly. */
export const exactPowers: Float64Array = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
/** From here on whole numbers are no longer all doubles, and one that comes out equal to it may have been rounded. */
const firstInexactInteger = 2 ** 53

/** So many digits are within 32 bits. */
const shortDigits = 9

const minus = 45
const dot = 46
const zero = 48

/**
 * Reads plain decimal text (`-12.50`; no exponent) from `position` on into `values[index]`, and returns the first byte behind it, at most `end`. The number is
 * exactly `Number(text)`, or with a `shift` exactly what `Number` gives for the text with its point moved left by so many places; NaN where no number stands
 * there, or one beyond all doubles. It is stored and not returned, because a returned one may become an object on the heap.
 *
 * Below 2^53 and up to 22 decimal places both the digits and the power of ten are exact doubles, so that one division rounds once, and correctly.
 * Anything longer goes through `Number` itself.
 */
export function readDecimal(
  bytes: Buffer,
  position: number,
  end: number,
  values: Float64Array,
  index: number,
  shift: number,
): number {
  const isNegative = position < end && bytes[position] === minus
  const first = isNegative ? position + 1 : position
  let at = first
  // The parts before and behind the point in 32 bits each, whose arithmetic is several times as fast as that of doubles. Bytes below `0` become huge.
  let whole = 0
  while (at < end) {
    const digit = ((bytes[at] as number) - zero) >>> 0
    if (digit > 9) break
    whole = (whole * 10 + digit) | 0
    at += 1
  }
  const wholeDigits = at - first
  let part = 0
  let places = 0
  if (at < end && bytes[at] === dot) {
    at += 1
    const fraction = at
    while (at < end) {
      const digit = ((bytes[at] as number) - zero) >>> 0
      if (digit > 9) break
      part = (part * 10 + digit) | 0
      at += 1
    }
    places = at - fraction
  }
  let value = whole * (exactPowers[places] as number) + part
  if (wholeDigits > shortDigits || places > shortDigits) value = wholeNumber(bytes, first, at)
  places += shift
  if (wholeDigits + places === shift || value >= firstInexactInteger || places >= exactPowers.length) {
    value = longDecimal(bytes.toString('latin1', first, at), shift)
  } else value /= exactPowers[places] as number
  values[index] = isNegative ? -value : value
  return at
}

/** The digits between two positions as one whole number, its point left out; from 2^53 on it is rounded. */
function wholeNumber(bytes: Buffer, first: number, end: number): number {
  let value = 0
  for (let at = first; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte !== dot) value = value * 10 + (byte - zero)
  }
  return value
}

function longDecimal(text: string, shift: number): number {
  return text !== '' && Number.isFinite(Number(text)) ? Number(`${text}e-${shift}`) : Number.NaN
}
