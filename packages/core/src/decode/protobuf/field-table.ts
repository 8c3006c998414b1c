import { lastNumberOf, type ProtoDeclaration, type ProtoField } from './proto-field.js'

/** What the scanner does with a field. Plain numbers, held in a typed array; 0 stands for a field that is not declared. */
export const integerCode = 1
export const decimalCode = 2
export const digitsCode = 3
export const textCode = 4
export const windowCode = 5
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

/** Slots are bits of a number. */
const maxFields = 31

/** A declaration compiled: each field has a slot, counted from 0 in the order of the declaration. */
export interface FieldTable {
  /** By field number. */
  readonly codes: Uint8Array
  readonly slots: Uint8Array
  /** By slot: what an absent field is, as a number. */
  readonly defaults: Float64Array
  /** A bit for each slot whose field comes once at most. */
  readonly singular: number
  readonly repeatedSlots: readonly number[]
  readonly levelSlots: readonly number[]
}

/** Throws `TypeError` for a declaration that cannot be scanned: two fields of one number, or more than 31. */
export function compileFields(declaration: ProtoDeclaration): FieldTable {
  const fields = Object.entries(declaration)
  if (fields.length > maxFields) throw new TypeError(`a message of ${fields.length} fields, more than ${maxFields}`)
  const highest = Math.max(0, ...fields.map(([, field]) => lastNumberOf(field)))
  const table = { codes: new Uint8Array(highest + 1), slots: new Uint8Array(highest + 1) }
  for (const [slot, [name, field]] of fields.entries()) {
    for (let number = field.number; number <= lastNumberOf(field); number += 1) {
      if (table.codes[number] !== 0) throw new TypeError(`${name} has the number ${number} of another field`)
      table.codes[number] = codes[field.kind]
      table.slots[number] = slot
    }
  }
  const slotsOf = (isWanted: (code: number) => boolean): number[] =>
    fields.flatMap(([, { kind }], slot) => (isWanted(codes[kind]) ? [slot] : []))
  return {
    ...table,
    defaults: Float64Array.from(fields, ([, { kind }]) => (kind === 'decimal' || kind === 'digits' ? Number.NaN : 0)),
    singular: slotsOf((code) => code < repeatedCode).reduce((bits, slot) => bits | (1 << slot), 0),
    repeatedSlots: slotsOf((code) => code === repeatedCode),
    levelSlots: slotsOf((code) => code === levelsCode),
  }
}
