/** The fields of what a client sent: those that are text or numbers, as text. */
export type TextFields = Readonly<Record<string, string | undefined>>

/** Reads what may be an object, and may be anything. */
export function textFields(value: unknown): TextFields {
  const fields = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return Object.fromEntries(fields.flatMap(([name, field]) => (isScalar(field) ? [[name, String(field)]] : [])))
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}
