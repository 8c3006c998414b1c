/** No amount has more digits than this; beyond it exact arithmetic would only cost time. */
const plain = /^(-?)(\d{1,100})(?:\.(\d{1,100}))?$/

/** The exact sum of two decimal texts, without trailing zeros: `912.5` and `87.5` give `1000`. Null where one is not plain decimal text. */
export function addDecimals(first: string, second: string): string | null {
  const [left, right] = [plain.exec(first), plain.exec(second)]
  if (left === null || right === null) return null
  const places = Math.max(left[3]?.length ?? 0, right[3]?.length ?? 0)
  return decimalText(scaled(left, places) + scaled(right, places), places)
}

/** The value as a whole number of 10^-places. */
function scaled([, sign, whole, fraction = '']: RegExpExecArray, places: number): bigint {
  const magnitude = BigInt(`${whole}${fraction.padEnd(places, '0')}`)
  return sign === '-' ? -magnitude : magnitude
}

function decimalText(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
