import { decimalText, show } from '../decimal-text.js'
import type { LoadedText } from '../loaded-text.js'
import type { FieldTable } from './field-table.js'
import type {
  ProtoDeclaration,
  ProtoField,
  ProtoLevelsField,
  ProtoOneOfField,
  ProtoRepeatedField,
} from './proto-field.js'

/** Where a message that a library has decoded goes, by slot. */
export interface LoadRegisters {
  readonly numbers: Float64Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly counts: Int32Array
  readonly levels: number[][]
  /** What is in the fields that hold messages: one, or an array of them. */
  readonly messages: unknown[]
  readonly texts: LoadedText
}

type Message = Readonly<Record<string, unknown>>

/** Fills the registers from a decoded message, as a scan of its bytes would. */
export class ProtoLoader {
  readonly #fields: readonly (readonly [name: string, field: ProtoField])[]
  readonly #table: FieldTable
  readonly #registers: LoadRegisters
  #missing = 0

  constructor(declaration: ProtoDeclaration, table: FieldTable, registers: LoadRegisters) {
    this.#fields = Object.entries(declaration)
    this.#table = table
    this.#registers = registers
  }

  /** A bit for each field that comes once at most and was not in the last message. */
  get missing(): number {
    return this.#missing
  }

  /** Null, or what is wrong, naming the field. */
  load(message: Message): string | null {
    this.#registers.texts.clear()
    this.#missing = 0
    for (const [slot, [name, field]] of this.#fields.entries()) {
      this.#setDefault(slot)
      const value = message[name]
      if (value === undefined || value === null) {
        this.#missing |= this.#table.fields[slot]?.bit ?? 0
        continue
      }
      const expected = this.#field(field, slot, value)
      if (expected !== null) return `${name} is ${show(value)}, not ${expected}`
    }
    return null
  }

  #setDefault(slot: number): void {
    const { numbers, starts, ends, counts, levels, messages } = this.#registers
    numbers[slot] = this.#table.defaults[slot] as number
    starts[slot] = 0
    ends[slot] = 0
    counts[slot] = 0
    levels[slot] = []
    messages[slot] = undefined
  }

  /** Null, or what the value should have been. */
  #field(field: ProtoField, slot: number, value: unknown): string | null {
    const { starts, ends, texts } = this.#registers
    switch (field.kind) {
      case 'decimal':
        return this.#decimal(slot, value, false) ? null : 'a decimal number'
      case 'amount':
        return this.#decimal(slot, value, true) || field.orNone ? null : 'an exact amount'
      case 'digits':
      case 'integer':
      case 'int32':
        return this.#wholeNumber(slot, value, field.kind === 'digits')
      case 'text':
        if (typeof value !== 'string') return 'text'
        texts.write(value, starts, ends, slot)
        return null
      case 'oneOf':
        return this.#oneOf(field, slot, value)
      case 'message':
        this.#registers.messages[slot] = value
        return isMessage(value) ? null : 'a message'
      default:
        return this.#repeated(field, slot, value)
    }
  }

  /** False for what is neither a number nor empty. */
  #decimal(slot: number, value: unknown, keepsDigits: boolean): boolean {
    if (value === '') return true
    const { numbers, starts, ends, texts } = this.#registers
    const digits = decimalText(value)
    if (digits === null) return false
    numbers[slot] = Number(digits)
    if (keepsDigits) texts.write(digits, starts, ends, slot)
    return true
  }

  #wholeNumber(slot: number, value: unknown, isText: boolean): string | null {
    if (isText && value === '') return null
    const isNumber = isText
      ? typeof value === 'string' && /^\d+$/.test(value)
      : typeof value === 'number' || typeof value === 'boolean'
    const number = isNumber ? Number(value) : Number.NaN
    this.#registers.numbers[slot] = number
    return Number.isSafeInteger(number) ? null : 'a whole number'
  }

  #oneOf({ cases }: ProtoOneOfField, slot: number, value: unknown): string | null {
    const { $case, value: held } = isMessage(value) ? value : {}
    const number = cases[$case as string]
    if (number === undefined || !isMessage(held)) return 'one of the declared cases'
    this.#registers.numbers[slot] = number
    this.#registers.messages[slot] = held
    return null
  }

  #repeated(field: ProtoRepeatedField | ProtoLevelsField, slot: number, value: unknown): string | null {
    if (!Array.isArray(value) || !value.every(isMessage)) return 'a list of messages'
    const { counts, levels, messages } = this.#registers
    if (field.kind === 'levels') {
      const flat = levels[slot] as number[]
      return value.every((level) => addLevel(flat, level, field.names)) ? null : 'a list of prices and sizes'
    }
    counts[slot] = value.length
    messages[slot] = value
    return null
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function addLevel(levels: number[], level: Message, [price, size]: readonly [string, string]): boolean {
  const [priceDigits, sizeDigits] = [decimalText(level[price]), decimalText(level[size])]
  levels.push(Number(priceDigits), Number(sizeDigits))
  return priceDigits !== null && sizeDigits !== null
}
