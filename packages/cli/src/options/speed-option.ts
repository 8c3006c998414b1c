import { usageError } from '../cli-error.js'

/** `max`, or how many times faster than recorded. Throws `ERR_USAGE`. */
export function parseSpeed(text: string): number | 'max' {
  if (text === 'max') return 'max'
  const speed = text.trim() === '' ? Number.NaN : Number(text)
  if (speed > 0 && Number.isFinite(speed)) return speed
  throw usageError(
    `"${text}" is not a speed.`,
    'Write a number above 0 (1 is the recorded pace, 10 ten times that) or max.',
  )
}
