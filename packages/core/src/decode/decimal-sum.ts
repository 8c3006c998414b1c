/** No amount has more digits than this; beyond it exact arithmetic would only cost time. */
const pattern = /^([+-]?)(\d{0,100})(?:\.(\d{0,100}))?(?:e([+-]?\d{1,3}))?$/i

/** A decimal as a whole number of 10^-`places`. */
interface ScaledDecimal {
  readonly units: bigint
  readonly places: number
}

/** The exact sum of two decimal texts, without trailing zeros: `912.5` and `87.5` give `1000`. Null where one of them is no decimal text. */
export function addDecimals(first: string, second: string): string | null {
  return combined(first, second, 1n)
}

/** The exact difference of two decimal texts, likewise: `0` less `20` is `-20`. */
export function subtractDecimals(first: string, second: string): string | null {
  return combined(first, second, -1n)
}

function combined(first: string, second: string, sign: bigint): string | null {
  const [left, right] = [scaled(first), scaled(second)]
  if (left === null || right === null) return null
  const places = Math.max(left.places, right.places)
  return written(unitsAt(left, places) + sign * unitsAt(right, places), places)
}

function scaled(text: string): ScaledDecimal | null {
  const [, sign, whole = '', fraction = '', exponent = '0'] = pattern.exec(text) ?? []
  if (whole + fraction === '') return null
  const magnitude = BigInt(whole + fraction)
  const units = sign === '-' ? -magnitude : magnitude
  const places = fraction.length - Number(exponent)
  return places < 0 ? { units: units * 10n ** BigInt(-places), places: 0 } : { units, places }
}

function unitsAt({ units, places }: ScaledDecimal, finer: number): bigint {
  return units * 10n ** BigInt(finer - places)
}

function written(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
