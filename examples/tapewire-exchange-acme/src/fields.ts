/** An object as JSON gives it: nothing is known about its fields yet. */
export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Each of these reads one value or throws a `TypeError`, which the parser turns into a message of type ERROR. */
export function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new TypeError('a list was expected')
}

export function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw new TypeError('text was expected')
}

export function integer(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number
  throw new TypeError('a whole number was expected')
}

/** Acme writes prices and sizes as decimal text. */
export function decimal(value: unknown): number {
  const digits = text(value)
  if (/^\d+(\.\d+)?$/.test(digits)) return Number(digits)
  throw new TypeError('a decimal number was expected')
}
