/** By digits after the point. */
const fixed: Intl.NumberFormat[] = []
const plain = new Intl.NumberFormat('en-US', { maximumFractionDigits: 20 })
const percent = new Intl.NumberFormat('en-US', {
  style: 'percent',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
})

/** `64,000.1`, `0.00000012`: all digits, thousands apart, never an exponent. A dash for null. */
export function formatNumber(value: number | null): string {
  return value === null ? '–' : plain.format(value)
}

/** `64,000.10` with `digits` 2: a column of prices whose points are below each other. A dash for null. */
export function formatFixed(value: number | null, digits: number): string {
  if (value === null) return '–'
  // Making a format is dear, and a screen shows hundreds of numbers a second.
  fixed[digits] ??= new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return fixed[digits].format(value)
}

/** Digits after the point that the number has: 3 of 0.125, 7 of 1.5e-6. */
export function fractionDigits(value: number | null): number {
  const [, fraction = '', exponent = '0'] =
    /^-?\d+(?:\.(\d+))?(?:e(-?\d+))?$/.exec(String(value).replace('+', '')) ?? []
  return Math.max(0, fraction.length - Number(exponent))
}

/** `+1.20%` of 0.012. A dash for null. */
export function formatFraction(value: number | null): string {
  return value === null ? '–' : percent.format(value)
}

const dayMs = 86_400_000

/** `12:34:56.789`, UTC; what an exchange sends as a time need not be one. A dash for null. */
export function formatTime(epochMs: number | null): string {
  if (epochMs === null || !Number.isFinite(epochMs)) return '–'.padStart(12)
  const timeOfDay = ((epochMs % dayMs) + dayMs) % dayMs
  return new Date(timeOfDay).toISOString().slice(11, 23)
}
