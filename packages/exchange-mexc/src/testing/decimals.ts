/** A decimal as REST and `limit.depth` write it: padded with zeros to the precision of the market. */
export function padded(text: string, digits: number): string {
  if (digits === 0) return text
  const [whole = '', fraction = ''] = text.split('.')
  return `${whole}.${fraction.padEnd(digits, '0')}`
}

/** The exact product of two plain decimal texts, without trailing zeros. */
export function multiplied(first: string, second: string): string {
  const [left, right] = [first.split('.'), second.split('.')]
  const places = (left[1]?.length ?? 0) + (right[1]?.length ?? 0)
  const digits = String(BigInt(left.join('')) * BigInt(right.join(''))).padStart(places + 1, '0')
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '')
  return `${digits.slice(0, digits.length - places)}${places === 0 || fraction === '' ? '' : `.${fraction}`}`
}
