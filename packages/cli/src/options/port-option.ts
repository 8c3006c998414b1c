import { usageError } from '../cli-error.js'

/** A port, 0 to 65535. Throws `ERR_USAGE`. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw usageError(`"${text}" is not a port.`, 'Write a number from 1 to 65535, or 0 for any that is free.')
}
