import { usageError } from './cli-error.js'

const unitBytes: Readonly<Record<string, number>> = { B: 1, KB: 1_024, MB: 1_024 ** 2, GB: 1_024 ** 3 }

/** Bytes of `500KB`, `64MB`, `1.5GB`; a KB has 1,024. Throws `ERR_USAGE` for anything else, and for zero. */
export function parseByteSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(B|KB|MB|GB)$/i.exec(text.trim())
  const unit = unitBytes[match?.[2]?.toUpperCase() ?? '']
  const bytes = match === null || unit === undefined ? 0 : Math.round(Number(match[1]) * unit)
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes
  throw usageError(`"${text}" is not a size.`, 'Write a number above 0 with its unit: 500KB, 64MB or 1GB.')
}

/** `512 B`, `3.4 MB`. */
export function formatByteSize(bytes: number): string {
  const [unit, size] = Object.entries(unitBytes).findLast(([, size]) => bytes >= size) ?? ['B', 1]
  return `${unit === 'B' ? bytes : (bytes / size).toFixed(1)} ${unit}`
}
