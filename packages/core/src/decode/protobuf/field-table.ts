import { lastNumberOf, type ProtoDeclaration, type ProtoField } from './proto-field.js'

/** What the scanner does with a field. Plain numbers, held in a typed array. */
export const undeclaredCode = 0
export const integerCode = 1
export const decimalCode = 2
export const digitsCode = 3
export const textCode = 4
const windowCode = 5
/** From here on a field may come more than once. */
export const repeatedCode = 6
export const levelsCode = 7

const codes: Readonly<Record<ProtoField['kind'], number>> = {
  integer: integerCode,
  decimal: decimalCode,
  digits: digitsCode,
  text: textCode,
  message: windowCode,
  oneOf: windowCode,
  repeated: repeatedCode,
  levels: levelsCode,
}

/** Each has a bit of a number. */
const maxFields = 31

/** A declaration compiled: each field has a slot, counted from 0 in the order of the declaration. */
export interface FieldTable {
  /** By field number: what to do with it, its slot, and its bit; that is 0 for a field that may come more than once. */
  readonly codes: Uint8Array
  readonly slots: Uint8Array
  readonly bits: Int32Array
  /** By slot: what an absent field is, as a number. */
  readonly defaults: Float64Array
  /** The bits of all fields. */
  readonly singular: number
  /** The slots of what may come more than once, and whether there are any. */
  readonly repeatedSlots: readonly number[]
  readonly levelSlots: readonly number[]
  readonly hasRepeats: boolean
}

/** Throws `TypeError` for a declaration that cannot be scanned: two fields of one number, or more than 31. */
export function compileFields(declaration: ProtoDeclaration): FieldTable {
  const fields = Object.entries(declaration)
  if (fields.length > maxFields) throw new TypeError(`a message of ${fields.length} fields, more than ${maxFields}`)
  const highest = Math.max(0, ...fields.map(([, field]) => lastNumberOf(field)))
  const table = {
    codes: new Uint8Array(highest + 1),
    slots: new Uint8Array(highest + 1),
    bits: new Int32Array(highest + 1),
  }
  for (const [slot, [name, field]] of fields.entries()) {
    for (let number = field.number; number <= lastNumberOf(field); number += 1) {
      if (table.codes[number] !== 0) throw new TypeError(`${name} has the number ${number} of another field`)
      table.codes[number] = codes[field.kind]
      table.slots[number] = slot
      table.bits[number] = codes[field.kind] < repeatedCode ? 1 << slot : 0
    }
  }
  const slotsOf = (isWanted: (code: number) => boolean): number[] =>
    fields.flatMap(([, { kind }], slot) => (isWanted(codes[kind]) ? [slot] : []))
  return {
    ...table,
    defaults: Float64Array.from(fields, ([, { kind }]) => (kind === 'decimal' || kind === 'digits' ? Number.NaN : 0)),
    singular: table.bits.reduce((all, bit) => all | bit, 0),
    repeatedSlots: slotsOf((code) => code === repeatedCode),
    levelSlots: slotsOf((code) => code === levelsCode),
    hasRepeats: slotsOf((code) => code >= repeatedCode).length > 0,
  }
}
