import type { ProtoDeclaration, ProtoField } from './proto-field.js'

/** Each field that comes once at most has a bit of a number. */
const maxFields = 31
/** Tags of up to here have two bytes at most. */
const highestNumber = 2047

/** A field of a declaration, with its place among what a scan reads. */
export interface TableField {
  readonly kind: ProtoField['kind']
  readonly slot: number
  /** Field numbers, inclusive; but for `oneOf` the same. */
  readonly first: number
  readonly last: number
  /** 0 for a field that may come more than once. */
  readonly bit: number
}

/** A declaration compiled: each field has a slot, counted from 0 in the order of the declaration. */
export interface FieldTable {
  readonly fields: readonly TableField[]
  /** By field number: 1 where it is declared. */
  readonly declared: Uint8Array
  /** By slot: what an absent field is, as a number. */
  readonly defaults: Float64Array
  /** The bits of all fields. */
  readonly singular: number
  /** Whether anything may come more than once. */
  readonly hasRepeats: boolean
  /** The slots of what may come more than once. */
  readonly repeatedSlots: readonly number[]
  readonly levelSlots: readonly number[]
}

/** Throws `TypeError` for a declaration that cannot be scanned: two fields of one number, more than 31, or a number above 2047. */
export function compileFields(declaration: ProtoDeclaration): FieldTable {
  const entries = Object.entries(declaration)
  if (entries.length > maxFields) throw new TypeError(`a message of ${entries.length} fields, more than ${maxFields}`)
  const highest = Math.max(0, ...entries.map(([, field]) => lastNumberOf(field)))
  if (highest > highestNumber) throw new TypeError(`the field number ${highest}, more than ${highestNumber}`)
  const declared = new Uint8Array(highest + 1)
  const fields = entries.map(([name, field], slot): TableField => {
    const last = lastNumberOf(field)
    for (let number = field.number; number <= last; number += 1) {
      if (declared[number] !== 0) throw new TypeError(`${name} has the number ${number} of another field`)
      declared[number] = 1
    }
    const comesOnce = field.kind !== 'repeated' && field.kind !== 'levels'
    return { kind: field.kind, slot, first: field.number, last, bit: comesOnce ? 1 << slot : 0 }
  })
  const slotsOf = (kind: ProtoField['kind']): number[] =>
    fields.flatMap((field) => (field.kind === kind ? field.slot : []))
  return {
    fields,
    declared,
    defaults: Float64Array.from(fields, ({ kind }) =>
      kind === 'decimal' || kind === 'amount' || kind === 'digits' ? Number.NaN : 0,
    ),
    singular: fields.reduce((all, { bit }) => all | bit, 0),
    hasRepeats: fields.some(({ bit }) => bit === 0),
    repeatedSlots: slotsOf('repeated'),
    levelSlots: slotsOf('levels'),
  }
}

/** The highest number that belongs to a field. */
export function lastNumberOf(field: ProtoField): number {
  return field.kind === 'oneOf' ? field.last : field.number
}
