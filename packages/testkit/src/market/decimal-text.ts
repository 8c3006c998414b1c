/** Fractions of up to this many digits are looked up instead of composed; the tables fill as they are used. */
const tabledDigits = 5
const fractions: (string | undefined)[][] = Array.from({ length: tabledDigits + 1 }, () => [])

/** `units` of 10^-`digits` as decimal text without trailing zeros: `decimalText(875005, 1)` is `87500.5`. `units` is a safe integer, 0 or more. */
export function decimalText(units: number, digits: number): string {
  if (digits === 0) return String(units)
  if (digits > tabledDigits) return placePoint(String(units), digits)
  const scale = 10 ** digits
  const whole = Math.floor(units / scale)
  const part = units - whole * scale
  return part === 0 ? String(whole) : whole + fractionText(part, digits)
}

function fractionText(part: number, digits: number): string {
  const table = fractions[digits]!
  const known = table[part]
  if (known !== undefined) return known
  const text = placePoint(String(part), digits).slice(1)
  table[part] = text
  return text
}

/** The same for amounts of any size and sign. */
export function bigDecimalText(units: bigint, digits: number): string {
  return units < 0n ? `-${placePoint(String(-units), digits)}` : placePoint(String(units), digits)
}

function placePoint(text: string, digits: number): string {
  const padded = text.padStart(digits + 1, '0')
  let end = padded.length
  const point = end - digits
  while (end > point && padded.charCodeAt(end - 1) === 0x30) end--
  return end === point ? padded.slice(0, point) : `${padded.slice(0, point)}.${padded.slice(point, end)}`
}
