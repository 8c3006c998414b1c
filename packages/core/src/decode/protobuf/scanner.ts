import { isUtf8 } from 'node:buffer'
import { canGenerateCode, generate } from '../../config/code-generation.js'
import type { Source } from '../source.js'
import { readDecimal, readDigits } from './decimal-window.js'
import type { FieldTable, TableField } from './field-table.js'
import { readVarint, refused, varintEnd, varintValue } from './varint.js'
import { fixed32Wire, fixed64Wire, lengthWire, varintWire } from './wire.js'

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
  if (!canGenerateCode) return () => refused
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
  return generate(source, {
    registers,
    declared: table.declared,
    readDecimal,
    readDigits,
    readVarint,
    varintEnd,
    varintValue,
    isText,
    skipField,
  })
}

const maxInt32 = 2 ** 31 - 1

/** One way of the choice among fields. */
function fieldSource(field: TableField): string {
  const { kind, slot, bit } = field
  const once = bit === 0 ? '' : `if ((missing & ${bit}) === 0) return ${refused}\nmissing ^= ${bit}\n`
  if (kind === 'integer' || kind === 'int32') {
    const tooMuch = kind === 'int32' ? ` || numbers[${slot}] > ${maxInt32}` : ''
    return `if (tag === ${tagOf(field.first, varintWire)}) {
${once}at = readVarint(bytes, at, end, numbers, ${slot})
if (at === ${refused}${tooMuch}) return ${refused}
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
    case 'amount':
      return `${window}\n${unless(`readDecimal(bytes, at, at + length, numbers, ${slot})`)}`
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

/** Whether a window is UTF-8. Nearly all is ASCII, and is looked at four bytes at a time: the channel of a push is longer than all else in it. */
function isText({ bytes, memory, offset }: Source, start: number, end: number): boolean {
  let seen = 0
  let at = start
  for (; at + 4 <= end; at += 4) seen |= memory.getInt32(offset + at, true)
  for (; at < end; at += 1) seen |= bytes[at] as number
  return (seen & 0x8080_8080) === 0 || isUtf8(bytes.subarray(start, end))
}

/**
 * Where the field whose tag begins at `start` ends. Refuses what is no field, and one that is declared: it was not recognised, so it has another wire type, or a
 * tag written longer than need be. Zero is no tag, nor is any other without a field number.
 */
function skipField(bytes: Buffer, start: number, end: number, declared: Uint8Array): number {
  const position = varintEnd(bytes, start, end)
  if (position === refused) return refused
  const tag = varintValue(bytes, start, position)
  if (tag < 8 || tag >= 2 ** 32 || declared[Math.floor(tag / 8)] === 1) return refused
  switch (tag % 8) {
    case varintWire:
      return varintEnd(bytes, position, end)
    case lengthWire: {
      const content = varintEnd(bytes, position, end)
      if (content === refused) return refused
      const length = varintValue(bytes, position, content)
      return length <= end - content ? content + length : refused
    }
    case fixed64Wire:
      return position + 8 <= end ? position + 8 : refused
    case fixed32Wire:
      return position + 4 <= end ? position + 4 : refused
    default:
      return refused
  }
}
