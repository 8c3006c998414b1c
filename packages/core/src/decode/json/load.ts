import { decimalText, shiftedNumber, show } from '../decimal-text.js'
import { ExactNumber } from '../frame-text.js'
import type { LoadedText } from '../loaded-text.js'
import type { LevelsField } from './field.js'
import type { GroupLayout, Layout, ListLayout, ValueField } from './layout.js'
import { maxExactDigits } from './read-value.js'
import { clearSlots, type Registers } from './registers.js'

/**
 * Fills the registers from parsed JSON, as a scan of its bytes would: fields in any order, numbers in quotes or without and in any notation, text of any letters.
 * What was not declared is passed over.
 */
export class Loader {
  readonly #root: GroupLayout
  readonly #registers: Registers
  readonly #texts: LoadedText

  constructor(root: GroupLayout, registers: Registers, texts: LoadedText) {
    this.#root = root
    this.#registers = registers
    this.#texts = texts
  }

  /** Null, or what is wrong, naming the field: `result[2].p is missing`. */
  load(value: unknown): string | null {
    this.#texts.clear()
    for (const list of this.#registers.lists) list.clear()
    return isGroup(value, false) ? this.#group(this.#root, value) : `the payload is ${show(value)}, not an object`
  }

  #group({ isTuple, members }: GroupLayout, values: Values): string | null {
    for (const [index, { name, layout, presence, slots }] of members.entries()) {
      const value = isTuple ? (values as readonly unknown[])[index] : ownField(values, name)
      if (presence !== 'required' && (value === undefined || value === null)) {
        clearSlots(this.#registers, slots)
        continue
      }
      const fault = this.#part(layout, value)
      if (fault !== null) return `${name}${fault}`
    }
    return null
  }

  /** Null, or what belongs behind the name: ` is missing`, `.p is missing`. */
  #part(layout: Layout, value: unknown): string | null {
    if (layout.kind === 'list') return this.#list(layout, value)
    if (layout.kind === 'group') {
      if (!isGroup(value, layout.isTuple)) return wrong(value, layout.isTuple ? 'a list' : 'an object')
      const fault = this.#group(layout, value)
      return fault === null ? null : `.${fault}`
    }
    if (layout.kind === 'constant') return value === layout.text ? null : wrong(value, show(layout.text))
    const expected = this.#field(layout.field, layout.slot, value)
    return expected === null ? null : wrong(value, expected)
  }

  #list({ slot, index, item }: ListLayout, value: unknown): string | null {
    if (!Array.isArray(value)) return wrong(value, 'a list')
    const { starts, ends, lists } = this.#registers
    const items = lists[index] as Registers['lists'][number]
    starts[slot] = items.count
    for (const [place, given] of value.entries()) {
      const fault = this.#part(item, given)
      if (fault !== null) return `[${place}]${fault}`
      items.add()
    }
    ends[slot] = items.count
    return null
  }

  /** Null, or what the value should have been. */
  #field(field: ValueField, slot: number, value: unknown): string | null {
    const { numbers, starts, ends } = this.#registers
    switch (field.kind) {
      case 'integer':
        return this.#integer(slot, value)
      case 'id':
        return this.#id(slot, value)
      case 'decimal': {
        const isNone = field.orEmpty && (value === '' || value === null)
        const digits = isNone ? null : decimalText(value)
        numbers[slot] = digits === null ? Number.NaN : shiftedNumber(digits, field.shift)
        return isNone || Number.isFinite(numbers[slot]) ? null : 'a decimal number'
      }
      case 'amount': {
        starts[slot] = -1
        numbers[slot] = Number.NaN
        if (field.orEmpty && (value === '' || value === null)) return null
        const digits = decimalText(value)
        if (digits === null) return 'an exact amount'
        numbers[slot] = Number(digits)
        this.#texts.write(digits, starts, ends, slot)
        return null
      }
      case 'text':
        if (typeof value !== 'string') return 'text'
        this.#texts.write(value, starts, ends, slot)
        return null
      case 'flag':
        if (typeof value !== 'boolean') return 'true or false'
        numbers[slot] = value ? 1 : 0
        return null
      case 'choice':
        numbers[slot] = field.texts.indexOf(value as string)
        return numbers[slot] === -1 ? field.texts.join(' or ') : null
      case 'openChoice':
        if (typeof value !== 'string') return 'text'
        numbers[slot] = field.texts.indexOf(value)
        if (numbers[slot] === -1) numbers[slot] = field.texts.length
        this.#texts.write(value, starts, ends, slot)
        return null
      case 'levels':
        return this.#levels(field, slot, value)
    }
  }

  #integer(slot: number, value: unknown): string | null {
    const { numbers, starts, ends } = this.#registers
    const digits = decimalText(value)
    const number = digits === null ? Number.NaN : Number(digits)
    if (digits === null || !Number.isSafeInteger(number)) return 'a whole number'
    numbers[slot] = number
    this.#texts.write(/^-?\d+$/.test(digits) ? digits : String(number), starts, ends, slot)
    return null
  }

  #id(slot: number, value: unknown): string | null {
    const { numbers, starts, ends } = this.#registers
    const isNumber = typeof value === 'number' || value instanceof ExactNumber
    const written = isNumber ? String(value) : value
    if (typeof written !== 'string' || written === '' || (isNumber && !/^-?\d+$/.test(written))) return 'an id'
    numbers[slot] = isDigits(written) ? Number(written) : Number.NaN
    this.#texts.write(written, starts, ends, slot)
    return null
  }

  #levels({ names, keepsDigits }: LevelsField, slot: number, value: unknown): string | null {
    if (!Array.isArray(value)) return 'a list of levels'
    const flat: number[] = []
    const digits: string[] = []
    for (const level of value as unknown[]) {
      if (!isGroup(level, names === null)) return 'a list of prices and sizes'
      const [priceKey, sizeKey] = names ?? ['0', '1']
      const price = decimalText(ownField(level, priceKey))
      const size = decimalText(ownField(level, sizeKey))
      if (price === null || size === null) return 'a list of prices and sizes'
      flat.push(Number(price), Number(size))
      if (keepsDigits) digits.push(price, size)
    }
    const { starts, levels, digits: kept } = this.#registers
    starts[slot] = 0
    levels[slot] = flat
    kept[slot] = digits
    return null
  }
}

type Values = Readonly<Record<string, unknown>> | readonly unknown[]

function isGroup(value: unknown, isTuple: boolean): value is Values {
  const isObject = typeof value === 'object' && value !== null && !(value instanceof ExactNumber)
  return isObject && Array.isArray(value) === isTuple
}

/** A field of its own: `constructor` is no field of every object. */
function ownField(values: Values, name: string): unknown {
  return Object.hasOwn(values, name) ? (values as Readonly<Record<string, unknown>>)[name] : undefined
}

function wrong(value: unknown, expected: string): string {
  return value === undefined ? ' is missing' : ` is ${show(value)}, not ${expected}`
}

function isDigits(text: string): boolean {
  return text.length <= maxExactDigits && /^\d+$/.test(text)
}
