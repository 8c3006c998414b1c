import { formatFixed } from '../../messages/format-number.js'

const suffixes = ['', 'k', 'M', 'B', 'T'] as const

/**
 * Numbers below each other, point under point, in at most `width` columns: with all their digits where they fit, rounded to fewer where they do not,
 * and in thousands (`12.3k`) where even whole ones are too long.
 */
export function alignNumbers(values: readonly number[], digits: number, width: number): readonly string[] {
  for (let shown = digits; shown >= 0; shown -= 1) {
    const texts = values.map((value) => formatFixed(value, shown))
    if (Math.max(0, ...texts.map((text) => text.length)) <= width) return padded(texts)
  }
  return padded(values.map((value) => shortNumber(value)))
}

/** `1,234`, `12.3k`, `4.57M`: six columns at most, up to a quadrillion. */
export function shortNumber(value: number): string {
  let rest = value
  let step = 0
  while (Math.abs(rest) >= (step === 0 ? 9_999.5 : 999.5) && step < suffixes.length - 1) {
    rest /= 1_000
    step += 1
  }
  if (step === 0) return formatFixed(rest, Math.abs(rest) >= 100 || Number.isInteger(rest) ? 0 : 2)
  return `${formatFixed(rest, Math.abs(rest) < 9.995 ? 2 : Math.abs(rest) < 99.95 ? 1 : 0)}${suffixes[step]}`
}

function padded(texts: readonly string[]): readonly string[] {
  const width = Math.max(0, ...texts.map((text) => text.length))
  return texts.map((text) => text.padStart(width))
}

/** `0.042`, `1.30`, `45.1`, `1,200`: milliseconds with three digits that mean something. */
export function formatMs(value: number): string {
  if (value < 1) return value.toFixed(3)
  if (value < 10) return value.toFixed(2)
  if (value < 100) return value.toFixed(1)
  return formatFixed(Math.round(value), 0)
}
