/** Readers for the fields of parsed JSON. They throw a `FieldFault` that names the field; the parser turns it into an ERROR message. */

/** A field that is missing or not what the protocol says. Never leaves the parser. */
export class FieldFault extends Error {}

/** Fields of parsed JSON that nobody has checked yet. Where the names are declared, a misspelt one does not compile. */
export type Fields<Name extends string = string> = Readonly<Record<Name, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value as an object with fields. */
export function fieldsOf<Name extends string = string>(value: unknown, what: string): Fields<Name> {
  if (isFields(value)) return value
  throw new FieldFault(`${what} is ${show(value)}, not an object`)
}

/** A decimal number as JSON and JavaScript both read it: no blanks, no hexadecimal, no Infinity. */
const decimalPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** `Number(text)` of decimal text, or a JSON number itself; null for anything else. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'string' || !decimalPattern.test(value)) return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

/** A decimal that must be there. */
export function decimal<Name extends string>(fields: Fields<Name>, name: Name): number {
  const number = numberOf(fields[name])
  if (number === null) throw new FieldFault(`${name} is ${show(fields[name])}, not a decimal number`)
  return number
}

/** A decimal that may be absent, null or `""` (Gate.io's way to say "none"). */
export function optionalDecimal<Name extends string>(fields: Fields<Name>, name: Name): number | null {
  return isNone(fields[name]) ? null : decimal(fields, name)
}

/** A whole number that JavaScript holds exactly. */
export function integer<Name extends string>(fields: Fields<Name>, name: Name): number {
  const number = numberOf(fields[name])
  if (number === null || !Number.isSafeInteger(number)) {
    throw new FieldFault(`${name} is ${show(fields[name])}, not a whole number`)
  }
  return number
}

/** Text that must be there and not be empty. */
export function text<Name extends string>(fields: Fields<Name>, name: Name): string {
  const value = fields[name]
  if (typeof value !== 'string' || value === '') throw new FieldFault(`${name} is ${show(value)}, not text`)
  return value
}

export function optionalText<Name extends string>(fields: Fields<Name>, name: Name): string | null {
  const value = fields[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** One of a few words. */
export function oneOf<Name extends string, Word extends string>(
  fields: Fields<Name>,
  name: Name,
  words: readonly Word[],
): Word {
  const value = fields[name]
  const word = words.find((candidate) => candidate === value)
  if (word === undefined) throw new FieldFault(`${name} is ${show(value)}, not ${words.join(' or ')}`)
  return word
}

/** An id as text; null where there is none, or where a number was too large for JavaScript to have kept its digits. */
export function optionalId(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null
}

/** An id that must be there. */
export function id<Name extends string>(fields: Fields<Name>, name: Name): string {
  const found = optionalId(fields[name])
  if (found === null) throw new FieldFault(`${name} is ${show(fields[name])}, not an id`)
  return found
}

/** An exact amount, as the text that was sent. A JSON number is accepted only where its digits survived. */
export function amountText<Name extends string>(fields: Fields<Name>, name: Name): string {
  const value = fields[name]
  if (typeof value === 'string' && decimalPattern.test(value)) return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  throw new FieldFault(`${name} is ${show(value)}, not an exact amount`)
}

/** An exact amount that may be absent, null or `""`. */
export function optionalAmountText<Name extends string>(fields: Fields<Name>, name: Name): string | null {
  return isNone(fields[name]) ? null : amountText(fields, name)
}

function isNone(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** Characters of a wrong value that are shown. */
const maxShown = 60

/** A wrong value for a message: its kind, and its beginning. */
function show(value: unknown): string {
  if (value === undefined) return 'missing'
  const json = JSON.stringify(value)
  return json.length > maxShown ? `${json.slice(0, maxShown)}…` : json
}
