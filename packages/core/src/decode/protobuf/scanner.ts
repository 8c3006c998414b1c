import type { Source } from '../source.js'
import { readDecimal, readDigits } from './decimal-window.js'
import type { FieldTable, TableField } from './field-table.js'
import { skipField } from './skip-field.js'
import { isText } from './text-window.js'
import { readVarint, refused, varintEnd, varintValue } from './varint.js'
import { lengthWire, varintWire } from './wire.js'

/** What a scan has read, by slot. */
export interface ProtoRegisters {
  readonly numbers: Float64Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Takes the window of one more message of a repeated field. */
  addWindow(slot: number, start: number, end: number): void
  /** Takes one more level; false where it is none. */
  addLevel(slot: number, source: Source, start: number, end: number): boolean
}

/** Reads the message between two positions into the registers. Returns the bits of the fields that did not come, or `refused`. */
export type ProtoScan = (source: Source, start: number, end: number) => number

/**
 * Writes the scanner of a message as source text: one comparison and one straight way for each field, so that nothing is looked up for each frame that the
 * declaration decides for all. Of the declaration only numbers go into it.
 *
 * Tags of declared fields have one or two bytes; whatever else comes is skipped, or refused where it is a declared field in another form.
 */
export function createProtoScanner(table: FieldTable, registers: ProtoRegisters): ProtoScan {
  const source = `
const { numbers, starts, ends } = registers
return function scan(source, start, end) {
const { bytes } = source
let missing = ${table.singular}, at = start, from, tag, length
while (at < end) {
from = at
tag = bytes[at]
at += 1
if (tag >= 0x80 && at < end) {
tag = (tag & 0x7f) | (bytes[at] << 7)
at += 1
}
${table.fields.map(fieldSource).join('else ')}${table.fields.length === 0 ? '' : 'else '}{
at = skipField(bytes, from, end, declared)
if (at === ${refused}) return ${refused}
}
}
return missing
}`
  const tools = {
    declared: table.declared,
    readDecimal,
    readDigits,
    readVarint,
    varintEnd,
    varintValue,
    isText,
    skipField,
  }
  return new Function('registers', ...Object.keys(tools), source)(registers, ...Object.values(tools)) as ProtoScan
}

/** One way of the choice among fields. */
function fieldSource(field: TableField): string {
  const { kind, slot, bit } = field
  const once = bit === 0 ? '' : `if ((missing & ${bit}) === 0) return ${refused}\nmissing ^= ${bit}\n`
  if (kind === 'integer') {
    return `if (tag === ${tagOf(field.first, varintWire)}) {
${once}at = readVarint(bytes, at, end, numbers, ${slot})
if (at === ${refused}) return ${refused}
} `
  }
  const [first, last] = [tagOf(field.first, lengthWire), tagOf(field.last, lengthWire)]
  const condition =
    first === last ? `tag === ${first}` : `tag >= ${first} && tag <= ${last} && (tag & 7) === ${lengthWire}`
  return `if (${condition}) {
${once}if (at >= end) return ${refused}
length = bytes[at]
at += 1
if (length >= 0x80) {
from = at - 1
at = varintEnd(bytes, from, end)
if (at === ${refused}) return ${refused}
length = varintValue(bytes, from, at)
}
if (length > end - at) return ${refused}
${contentSource(kind, slot)}
at += length
} `
}

/** Reads what lies between \`at\` and \`at + length\`. */
function contentSource(kind: TableField['kind'], slot: number): string {
  const window = `starts[${slot}] = at\nends[${slot}] = at + length`
  const unless = (condition: string): string => `if (!${condition}) return ${refused}`
  switch (kind) {
    case 'decimal':
      return unless(`readDecimal(bytes, at, at + length, numbers, ${slot})`)
    case 'digits':
      return unless(`readDigits(bytes, at, at + length, numbers, ${slot})`)
    case 'text':
      return `${window}\n${unless('isText(source, at, at + length)')}`
    case 'levels':
      return unless(`registers.addLevel(${slot}, source, at, at + length)`)
    case 'repeated':
      return `registers.addWindow(${slot}, at, at + length)`
    default:
      return `${window}\nnumbers[${slot}] = tag >>> 3`
  }
}

function tagOf(fieldNumber: number, wire: number): number {
  return fieldNumber * 8 + wire
}
