import type { JsonDeclaration, JsonField, JsonPart, LevelsField } from './field.js'

/** A whole number from 0 up to, not including, `limit`. */
type Pick = (limit: number) => number

/**
 * JSON text as the declaration says the wire looks, with values of every kind that a fast reader must get right: long fractions, leading zeros, empty
 * text, absent fields, many levels. `random` gives 0 inclusive to 1 exclusive. For differential tests of `scan` against `load`.
 */
export function sampleJson(declaration: JsonDeclaration, random: () => number): string {
  return written(sampleObject(declaration, (limit) => Math.floor(random() * limit)))
}

/**
 * The same payload with something about it changed that a fast reader must refuse or read right all the same: another order of fields, white space,
 * an escape, an exponent, a null, a field more or less.
 */
export function deviantJson(declaration: JsonDeclaration, random: () => number): string {
  const pick: Pick = (limit) => Math.floor(random() * limit)
  const value = sampleObject(declaration, pick)
  const target = somewhereIn(value, pick)
  const names = Object.keys(target)
  const name = names[pick(names.length)] as string
  switch (pick(9)) {
    case 0:
      return written(value, pick(3) + 1)
    case 1: {
      const held = target[name]
      delete target[name]
      target[name] = held
      return written(value)
    }
    case 2:
      delete target[name]
      return written(value)
    case 3:
      target[name] = null
      return written(value)
    case 4:
      target[`x${pick(10)}`] = pick(2) === 0 ? 'new' : { nested: [1, 'two'] }
      return written(value)
    case 5:
      target[name] = requoted(target[name])
      return written(value)
    case 6:
      target[name] = ['1e5', '-1.5E-3', '+7', '.5', '5.', '0x10', ' 1', 'NaN', '\\u0031', '1"2', 'é'][pick(11)]
      return written(value)
    case 7:
      target[name] = `${bareMark}${oddNumbers[pick(oddNumbers.length)]}`
      return written(value)
    default: {
      const text = written(value)
      return text.slice(0, pick(text.length))
    }
  }
}

/** Numbers in notations that JSON has, and some that it has not. */
const oddNumbers = ['-0', '0', '01', '+1', '.5', '5.', '-', '1.50', '8.75E+4', '1e', '1e999', '9007199254740993', '-17']

/** With the quotes that it had not, or without those that it had. */
function requoted(value: unknown): unknown {
  if (typeof value !== 'string') return String(value)
  return value.startsWith(bareMark) ? value.slice(bareMark.length) : `${bareMark}${Number(value) || 0}`
}

/** The value, or an object or array somewhere within it. */
function somewhereIn(value: Record<string, unknown>, pick: Pick): Record<string, unknown> {
  const nested = Object.values(value).filter(
    (part): part is Record<string, unknown> =>
      typeof part === 'object' && part !== null && Object.keys(part).length > 0,
  )
  return nested.length > 0 && pick(3) > 0
    ? somewhereIn(nested[pick(nested.length)] as Record<string, unknown>, pick)
    : value
}

/** Marks text that is written without its quotes: a number with its digits as they are. */
const bareMark = '#bare:'

function written(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(new RegExp(`"${bareMark}([^"]*)"`, 'g'), '$1')
}

function sampleObject(declaration: JsonDeclaration, pick: Pick): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [name, part] of Object.entries(declaration)) {
    const held = samplePart(part, pick)
    if (held !== undefined) value[name] = held
  }
  return value
}

function samplePart(part: JsonPart, pick: Pick): unknown {
  if (!isNamedPart(part)) return sampleObject(part, pick)
  switch (part.kind) {
    case 'optional':
      return pick(3) > 0 ? samplePart(part.part, pick) : undefined
    case 'nullable':
      return pick(3) > 0 ? samplePart(part.part, pick) : null
    case 'tuple':
      return sampleTuple(part.elements, pick)
    case 'list':
      return Array.from({ length: pick(12) === 0 ? pick(16) : pick(4) }, () => samplePart(part.item, pick))
    default:
      return sampleField(part, pick)
  }
}

function isNamedPart(part: JsonPart): part is Exclude<JsonPart, JsonDeclaration> {
  return typeof part.kind === 'string'
}

/** Up to the first element that is absent. */
function sampleTuple(elements: JsonDeclaration, pick: Pick): unknown[] {
  const values = Object.values(elements).map((part) => samplePart(part, pick))
  const absent = values.indexOf(undefined)
  return absent === -1 ? values : values.slice(0, absent)
}

function sampleField(field: JsonField, pick: Pick): unknown {
  switch (field.kind) {
    case 'integer':
      return (field.isSigned && pick(2) === 0 ? -1 : 1) * pick(10 ** (1 + pick(15)))
    case 'id':
      return sampleId(pick)
    case 'decimal': {
      if (field.orEmpty && pick(4) === 0) return ''
      const isBare = field.notation === 'bare' || (field.notation === 'either' && pick(2) === 0)
      return isBare ? sampleBareDecimal(pick) : sampleDecimal(pick)
    }
    case 'amount':
      if (field.orEmpty && pick(4) === 0) return ''
      return pick(2) === 0 ? sampleBareDecimal(pick) : sampleDecimal(pick)
    case 'text':
      return pick(10) === 0 ? '' : `${'ABCDEFGHIJ'.slice(0, 1 + pick(9))}${pick(100)}_USDT`
    case 'flag':
      return pick(2) === 0
    case 'constant':
      return field.text
    case 'choice':
      return field.texts[pick(field.texts.length)]
    case 'openChoice':
      return field.texts[pick(field.texts.length + 1)] ?? 'new'
    case 'levels':
      return Array.from({ length: pick(5) === 0 ? pick(120) : pick(6) }, () => sampleLevel(field, pick))
  }
}

function sampleLevel({ names, notation, ignored }: LevelsField, pick: Pick): unknown {
  const number = notation === 'quoted' ? sampleDecimal : sampleBareDecimal
  if (names !== null) return { [names[0]]: number(pick), [names[1]]: number(pick) }
  return Array.from({ length: 2 + ignored }, () => number(pick))
}

/** Text, or a number of any length. */
function sampleId(pick: Pick): string {
  const digits = `${1 + pick(9)}${Array.from({ length: pick(20) }, () => pick(10)).join('')}`
  const ids = [`${bareMark}${digits}`, digits, `0${digits}`, `t-${digits}`]
  return ids[pick(ids.length)] as string
}

/** As JSON has numbers: no zero before other digits; now and then with an exponent. */
function sampleBareDecimal(pick: Pick): string {
  const number = sampleDecimal(pick).replace(/^(-?)0+(?=\d)/, '$1')
  const exponent = pick(15) === 0 ? `${pick(2) === 0 ? 'E+' : 'e-'}${pick(20)}` : ''
  return `${bareMark}${number}${exponent}`
}

/** Decimal text as exchanges send it, and now and then as they could. */
export function sampleDecimal(pick: Pick): string {
  const digits = (count: number): string => Array.from({ length: count }, () => pick(10)).join('')
  const whole = pick(4) === 0 ? '0' : `${1 + pick(9)}${digits(pick(pick(6) === 0 ? 20 : 6))}`
  const sign = pick(12) === 0 ? '-' : ''
  const zeros = pick(15) === 0 ? '00' : ''
  if (pick(4) === 0) return `${sign}${zeros}${whole}`
  return `${sign}${zeros}${whole}.${'0'.repeat(pick(4) === 0 ? pick(8) : 0)}${digits(1 + pick(pick(6) === 0 ? 30 : 8))}`
}
