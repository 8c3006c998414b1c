import { ExactNumber } from './frame-text.js'

/** A decimal number as JSON and JavaScript both read it: no blanks, no hexadecimal, no Infinity. */
const decimalPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** The digits of a number that a reference decoder has read, in quotes or without: as they were sent. Null for what is no number. */
export function decimalText(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  if (value instanceof ExactNumber) return Number.isFinite(Number(value.text)) ? value.text : null
  if (typeof value !== 'string' || !decimalPattern.test(value)) return null
  return Number.isFinite(Number(value)) ? value : null
}

/** The number that decimal text means with its point moved left by `shift` places: moved in the text, so that it is rounded once. NaN beyond all doubles. */
export function shiftedNumber(text: string, shift: number): number {
  if (shift === 0) return Number(text)
  const [digits, exponent = '0'] = text.toLowerCase().split('e')
  return Number(`${digits}e${Number(exponent) - shift}`)
}

/** Characters of a wrong value that are shown. */
const maxShown = 60

/** A wrong value for a fault: its kind, and its beginning. */
export function show(value: unknown): string {
  const json = typeof value === 'bigint' || value instanceof ExactNumber ? String(value) : jsonOf(value)
  return json.length > maxShown ? `${json.slice(0, maxShown)}…` : json
}

/** What was read without a limit to its depth can be too deep to be written again: some thousands of brackets are enough. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return Array.isArray(value) ? '[[…]]' : '{{…}}'
  }
}
