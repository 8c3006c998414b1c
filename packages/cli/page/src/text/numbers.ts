/** What stands where a number is not known. */
export const unknownText = '–'

const formats = new Map<number, Intl.NumberFormat>()

/** With groups and exactly so many digits after the point, 0 to 12; a dash for what is not known. Never an exponent. */
export function fixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return unknownText
  return formatOf(digits).format(value)
}

/**
 * How many digits after the point fit into a column whose greatest value this is: those that its market has, but not more than nine figures in all. A number is
 * rounded rather than cut.
 */
export function digitsThatFit(greatest: number, digits: number): number {
  const before = Math.max(1, Math.floor(Math.log10(Math.max(1, greatest))) + 1)
  return Math.max(0, Math.min(digits, 9 - before))
}

/** A count: `12,345`. */
export function whole(value: number | null | undefined): string {
  return fixed(value, 0)
}

/** A rate a second: whole from 100 on, with one digit below. */
export function rate(value: number | null | undefined): string {
  return fixed(value, value !== null && value !== undefined && value < 100 ? 1 : 0)
}

/** A duration of milliseconds with about three figures: `0.042 ms`, `12.3 ms`, `1.24 s`. */
export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return unknownText
  const size = Math.abs(value)
  if (size >= 1000) return `${fixed(value / 1000, size >= 10_000 ? 1 : 2)} s`
  return `${fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)} ms`
}

/** A share of 0 to 1 as a percentage, rounded down: what is not quite all is never shown as all. */
export function percent(share: number | null | undefined, digits = 2): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return unknownText
  const factor = 10 ** (digits + 2)
  // What arithmetic adds to a share is far below any digit shown.
  return `${fixed(Math.floor(share * factor + 1e-6) / 10 ** digits, digits)} %`
}

/** A change as a fraction, with its sign: `+1.25 %`. */
export function change(fraction: number | null | undefined): string {
  if (fraction === null || fraction === undefined || !Number.isFinite(fraction)) return unknownText
  const text = fixed(Math.abs(fraction) * 100, 2)
  return `${fraction > 0 ? '+' : fraction < 0 ? '−' : ''}${text} %`
}

/** Bytes, with the unit that leaves at most four figures before the point. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return unknownText
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let size = value
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${fixed(size, unit === 0 || size >= 100 ? 0 : 1)} ${units[unit]}`
}

/** Two significant figures at least, groups of thousands, no more digits than that needs: for the axes of charts. */
export function short(value: number): string {
  const size = Math.abs(value)
  if (size >= 1e6) return `${fixed(value / 1e6, size >= 1e7 ? 0 : 1)}M`
  if (size >= 1e4) return `${fixed(value / 1e3, 0)}k`
  return formats.get(-1)?.format(value) ?? keep(-1, { maximumFractionDigits: 4 }).format(value)
}

function formatOf(digits: number): Intl.NumberFormat {
  const known = formats.get(digits)
  return known ?? keep(digits, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function keep(key: number, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const format = new Intl.NumberFormat('en-US', options)
  formats.set(key, format)
  return format
}
