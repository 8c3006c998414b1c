/** More decimals than any exchange lists. */
const maxDigits = 40

/** The step of numbers with so many decimals, exact: `0.01` for 2. Null where that is no count of decimals. */
export function decimalStep(digits: unknown): string | null {
  const count = typeof digits === 'string' && /^\d+$/.test(digits) ? Number(digits) : digits
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > maxDigits) return null
  return count === 0 ? '1' : `0.${'1'.padStart(count, '0')}`
}

/** A listed amount as it was sent; null for what is no decimal number above 0, since exchanges list `"0"` where there is no limit. */
export function positiveDecimal(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^\d+(\.\d+)?$/.test(text) && /[1-9]/.test(text) ? text : null
}
