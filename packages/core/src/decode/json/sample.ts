import { isField, type JsonDeclaration, type JsonField } from './field.js'

/** A whole number from 0 up to, not including, `limit`. */
type Pick = (limit: number) => number

/**
 * JSON text as the declaration says the wire looks, with values of every kind that a fast reader must get right: long fractions, leading zeros, empty
 * text, absent fields, many levels. `random` gives 0 inclusive to 1 exclusive. For differential tests against `JSON.parse`.
 */
export function sampleJson(declaration: JsonDeclaration, random: () => number): string {
  return JSON.stringify(sampleValue(declaration, (limit) => Math.floor(random() * limit)))
}

/**
 * The same payload with something about it changed that a fast reader must refuse or read right all the same: another order of fields, white space,
 * an escape, an exponent, a null, a field more or less.
 */
export function deviantJson(declaration: JsonDeclaration, random: () => number): string {
  const pick: Pick = (limit) => Math.floor(random() * limit)
  const value = sampleValue(declaration, pick)
  const target = somewhereIn(value, pick)
  const names = Object.keys(target)
  const name = names[pick(names.length)] as string
  switch (pick(8)) {
    case 0:
      return JSON.stringify(value, null, pick(3) + 1)
    case 1: {
      const held = target[name]
      delete target[name]
      target[name] = held
      return JSON.stringify(value)
    }
    case 2:
      delete target[name]
      return JSON.stringify(value)
    case 3:
      target[name] = null
      return JSON.stringify(value)
    case 4:
      target[`x${pick(10)}`] = pick(2) === 0 ? 'new' : { nested: [1, 'two'] }
      return JSON.stringify(value)
    case 5:
      target[name] = typeof target[name] === 'string' ? Number(target[name]) || 0 : String(target[name])
      return JSON.stringify(value)
    case 6:
      target[name] = ['1e5', '-1.5E-3', '+7', '.5', '5.', '0x10', ' 1', 'NaN', '\\u0031', '1"2', 'é'][pick(11)]
      return JSON.stringify(value)
    default: {
      const text = JSON.stringify(value)
      return text.slice(0, pick(text.length))
    }
  }
}

function somewhereIn(value: Record<string, unknown>, pick: Pick): Record<string, unknown> {
  const nested = Object.values(value).filter(
    (part): part is Record<string, unknown> => typeof part === 'object' && part !== null && !Array.isArray(part),
  )
  return nested.length > 0 && pick(3) > 0 ? (nested[pick(nested.length)] as Record<string, unknown>) : value
}

function sampleValue(declaration: JsonDeclaration, pick: Pick): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  for (const [name, part] of Object.entries(declaration)) {
    if (!isField(part)) value[name] = sampleValue(part, pick)
    else if (part.kind !== 'optional') value[name] = sampleField(part, pick)
    else if (pick(3) > 0) value[name] = sampleField(part.field, pick)
  }
  return value
}

function sampleField(field: JsonField, pick: Pick): unknown {
  switch (field.kind) {
    case 'integer':
      return pick(10 ** (1 + pick(15)))
    case 'decimal':
      return field.orEmpty && pick(4) === 0 ? '' : sampleDecimal(pick)
    case 'text':
      return pick(10) === 0 ? '' : `${'ABCDEFGHIJ'.slice(0, 1 + pick(9))}${pick(100)}_USDT`
    case 'flag':
      return pick(2) === 0
    case 'constant':
      return field.text
    case 'choice':
      return field.texts[pick(field.texts.length)]
    case 'levels':
      return Array.from({ length: pick(5) === 0 ? pick(120) : pick(6) }, () => [
        sampleDecimal(pick),
        sampleDecimal(pick),
      ])
  }
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
