import {
  choice,
  decimal,
  decimalEither,
  decimalNumber,
  decimalOrEmpty,
  flag,
  id,
  integer,
  type JsonField,
  signedInteger,
  text,
} from '@tapewire/core/adapter'
import type { FieldRole } from './draft.js'
import type { SeenValues } from './field-role.js'
import { isQuoteAsset } from './symbol-text.js'

/** How a plain value is declared. */
export interface ScalarGuess {
  /** Null where values contradict each other. */
  readonly part: JsonField | null
  readonly doubts: readonly string[]
}

const decimalText = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const wholeNumber = /^-?\d+$/
/** The longest whole number that is read as a number. */
const longestInteger = 15

/** The word for values of a field, of which `flags` were true or false. */
export function inferScalar({ texts, numbers }: SeenValues, flags: number, role: FieldRole | null): ScalarGuess {
  if (flags > 0)
    return texts.length + numbers.length === 0
      ? sure(flag)
      : contradiction('It is true or false, and something else too.')
  if (texts.length === 0) return inferBare(numbers, role)
  return numbers.length === 0 ? inferQuoted(texts, role) : inferEither(texts, numbers, role)
}

function inferBare(numbers: readonly string[], role: FieldRole | null): ScalarGuess {
  if (numbers.some((digits) => !wholeNumber.test(digits))) return sure(decimalNumber)
  const longest = numbers.reduce((most, digits) => Math.max(most, digits.replace('-', '').length), 0)
  const areIds = role === 'id' && numbers.every((digits) => !digits.startsWith('-'))
  if (longest > longestInteger || areIds) return sure(id)
  if (role === 'price' || role === 'size' || role === 'money') {
    return { part: decimalNumber, doubts: ['It was whole each time; such a number may have decimal places.'] }
  }
  const isSigned = numbers.some((digits) => digits.startsWith('-'))
  const field = isSigned ? signedInteger : integer
  return numbers.length === 1 && role === null
    ? { part: field, doubts: ['It was seen once, and was whole.'] }
    : sure(field)
}

function inferQuoted(texts: readonly string[], role: FieldRole | null): ScalarGuess {
  const told = texts.filter((value) => value !== '')
  if (told.length === 0) return { part: text, doubts: ['It was empty each time.'] }
  const areWhole = told.every((value) => wholeNumber.test(value))
  // A time in whole units is an integer in quotes: as a decimal, one in ns would lose digits, and a part of a unit would pass.
  const isTime = role === 'time' && told.length === texts.length
  if (areWhole && (isTime || role === 'id' || role === 'sequence')) return sure(id)
  if (!told.every((value) => decimalText.test(value))) return inferWord(texts, role)
  return sure(told.length < texts.length ? decimalOrEmpty : decimal)
}

/** Most texts that are taken for a choice, and how often each of them has to have been seen on average. */
const mostChoices = 8
const fewestPerChoice = 3
const choiceText = /^[a-z][a-z0-9_-]{0,23}$/i

/** Short texts of which few are different are a choice; assets are not, of which there are always more. */
function inferWord(texts: readonly string[], role: FieldRole | null): ScalarGuess {
  const different = [...new Set(texts)]
  const areFew =
    different.length > 1 &&
    different.length <= mostChoices &&
    (role === 'side' || texts.length >= fewestPerChoice * different.length)
  if (!areFew || (role !== null && role !== 'side') || different.some(isNoChoice)) return sure(text)
  const part = choice(...different)
  return role === 'side'
    ? sure(part)
    : { part, doubts: [`There may be more than the ${different.length} that were seen.`] }
}

function isNoChoice(value: string): boolean {
  return !choiceText.test(value) || isQuoteAsset(value)
}

function inferEither(texts: readonly string[], numbers: readonly string[], role: FieldRole | null): ScalarGuess {
  const areWhole = numbers.every((digits) => wholeNumber.test(digits) && !digits.startsWith('-'))
  const areDecimal = texts.every((value) => decimalText.test(value))
  const notations = 'It is in quotes now and then.'
  if (areWhole && (role === 'id' || role === 'sequence' || !areDecimal)) return { part: id, doubts: [notations] }
  if (areDecimal) return { part: decimalEither, doubts: [notations] }
  return contradiction('It is a number, and text that is none too.')
}

function sure(part: JsonField): ScalarGuess {
  return { part, doubts: [] }
}

function contradiction(doubt: string): ScalarGuess {
  return { part: null, doubts: [doubt] }
}
