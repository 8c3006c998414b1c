import { sampleDecimal } from '../json/sample.js'
import { lastNumberOf } from './field-table.js'
import type { ProtoDeclaration, ProtoField } from './proto-field.js'
import {
  compose,
  fixedField,
  lengthField,
  padded,
  textField,
  varint,
  varintField,
  type WireField,
} from './wire-field.js'

/** A whole number from 0 up to, not including, `limit`. */
type Pick = (limit: number) => number

/**
 * The bytes of a message as the declaration describes it, with values of every kind that a fast reader must get right: fields in any order, unknown ones
 * between them, absent ones, long fractions, many levels. `random` gives 0 inclusive to 1 exclusive. For differential tests against a reference decoder.
 */
export function sampleProto(declaration: ProtoDeclaration, random: () => number): Buffer {
  return compose(sampleFields(declaration, (limit) => Math.floor(random() * limit)))
}

/**
 * The same message with something about it changed, at some depth, that a fast reader must refuse or read right all the same: a field twice, in another
 * wire type, of odd content, a length that is wrong, a group, bytes changed or missing.
 */
export function deviantProto(declaration: ProtoDeclaration, random: () => number): Buffer {
  const pick: Pick = (limit) => Math.floor(random() * limit)
  const bytes = deviantMessage(declaration, pick)
  switch (pick(8)) {
    case 0:
      return bytes.subarray(0, pick(bytes.length + 1))
    case 1:
      for (let flips = 1 + pick(3); flips > 0 && bytes.length > 0; flips -= 1) bytes[pick(bytes.length)] = pick(256)
      return bytes
    default:
      return bytes
  }
}

function deviantMessage(declaration: ProtoDeclaration, pick: Pick): Buffer {
  const nested = Object.values(declaration).filter((field) => field.kind === 'message' || field.kind === 'repeated')
  const chosen = nested[pick(nested.length)]
  if (chosen === undefined || pick(3) === 0) return compose(deviate(declaration, pick))
  const fields = sampleFields(declaration, pick)
  const places = fields.flatMap(({ number }, index) => (number === chosen.number ? [index] : []))
  fields[places[pick(places.length)] ?? fields.length] = lengthField(chosen.number, deviantMessage(chosen.inner, pick))
  return compose(fields)
}

/** The fields of a sample with one of them changed. */
function deviate(declaration: ProtoDeclaration, pick: Pick): WireField[] {
  const fields = sampleFields(declaration, pick)
  const index = pick(fields.length)
  const field = fields[index] ?? varintField(1, 1n)
  const { number, tag, content } = field
  const insert = (other: WireField): void => {
    fields.splice(pick(fields.length + 1), 0, other)
  }
  switch (pick(11)) {
    case 0:
      fields.splice(index, 1)
      break
    case 1:
      insert(field)
      break
    case 2:
      insert(oddField(number, pick))
      break
    case 3:
    case 4:
      fields[index] = oddField(number, pick)
      break
    case 5:
      // A tag that is the same once cut to 32 bits, as some decoders do.
      fields[index] = { number, tag: varint(BigInt(number * 8 + pick(6)) + (1n << BigInt(32 + pick(20)))), content }
      break
    case 6:
      fields[index] = { number, tag: padded(tag), content }
      break
    case 7:
      fields[index] = { number, tag, content: padded(content) }
      break
    case 8:
      fields[index] = { number, tag, content: content.subarray(0, pick(content.length + 1)) }
      break
    case 9:
      fields[index] = { number, tag, content: Buffer.concat([content, Buffer.of(pick(256))]) }
      break
    default:
      insert({ number, tag: varint(BigInt(oddTags[pick(oddTags.length)] as number)), content })
  }
  return fields
}

function oddField(number: number, pick: Pick): WireField {
  switch (pick(3)) {
    case 0:
      return lengthField(number, Buffer.from(oddTexts[pick(oddTexts.length)] as string, 'latin1'))
    case 1:
      return varintField(number, oddIntegers[pick(oddIntegers.length)] as bigint)
    default:
      return unknownField(number, pick)
  }
}

/** Text that is no plain decimal, no plain version, or no UTF-8: a byte a character. */
const oddTexts = [
  '',
  '1e5',
  '-1.5E-3',
  '1e999',
  '+7',
  '.5',
  '5.',
  '-',
  '-0',
  '1.2.3',
  '0x10',
  ' 1',
  '1 ',
  'NaN',
  '1111111111111111',
  '9007199254740991',
  '9007199254740993',
  '1'.repeat(400),
  '-5',
  '7.0',
  '\xff',
  '\xc3\xa9',
  '\xed\xa0\x80',
  '\xef\xbb\xbfBTCUSDT',
  '\xffUSDT',
]
const oddIntegers = [0n, -1n, 3n, 2n ** 32n + 1n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, -(2n ** 53n)]
/** Zero, a field without a number, groups begun and ended, and wire types that do not exist. */
const oddTags = [0, 2, 3, 4, 11, 12, 14, 15, 7203, 7204]

function sampleFields(declaration: ProtoDeclaration, pick: Pick): WireField[] {
  const fields = Object.values(declaration).flatMap((field) => (pick(20) === 0 ? [] : sampleField(field, pick)))
  if (pick(4) === 0) shuffle(fields, pick)
  if (pick(4) === 0) fields.splice(pick(fields.length + 1), 0, unknownField(unusedNumber(declaration, pick), pick))
  return fields
}

function sampleField(field: ProtoField, pick: Pick): WireField[] {
  const { number } = field
  switch (field.kind) {
    case 'integer':
    case 'int32': {
      const value = usually(field.usual, pick) ?? pick(10 ** (1 + pick(field.kind === 'int32' ? 9 : 15)))
      return value === 0 ? [] : [varintField(number, BigInt(value))]
    }
    case 'decimal':
    case 'amount':
      return [textField(number, sampleDecimal(pick))]
    case 'digits':
      return [textField(number, String(pick(10 ** (1 + pick(15)))))]
    case 'text':
      return [textField(number, usually(field.usual, pick) ?? sampleText(pick))]
    case 'message':
      return [lengthField(number, compose(sampleFields(field.inner, pick)))]
    case 'oneOf':
      return [lengthField(number + pick(field.last - number + 1), Buffer.alloc(0))]
    case 'repeated':
      return several(pick, () => lengthField(number, compose(sampleFields(field.inner, pick))))
    case 'levels':
      return several(pick, () => lengthField(number, sampleLevel(pick)))
  }
}

function usually<Value>(usual: readonly Value[], pick: Pick): Value | undefined {
  return pick(20) === 0 ? undefined : usual[pick(usual.length)]
}

function several(pick: Pick, field: () => WireField): WireField[] {
  return Array.from({ length: pick(10) === 0 ? pick(40) : pick(5) }, field)
}

function sampleLevel(pick: Pick): Buffer {
  const fields = [textField(1, sampleDecimal(pick)), textField(2, sampleDecimal(pick))]
  if (pick(30) === 0) fields.reverse()
  if (pick(30) === 0) fields.push(unknownField(3, pick))
  return compose(fields)
}

function sampleText(pick: Pick): string {
  const name = `${'ABCDEFGHIJ'.slice(0, 1 + pick(9))}${pick(100)}`
  return `${pick(8) === 0 ? '龙虾' : ''}${name}${pick(10) === 0 ? '' : 'USDT'}`
}

function unusedNumber(declaration: ProtoDeclaration, pick: Pick): number {
  const fields = Object.values(declaration)
  for (;;) {
    const number = 1 + pick(pick(2) === 0 ? 30 : 5_000)
    const isFree = fields.every((field) => number < field.number || number > lastNumberOf(field))
    if (isFree) return number
  }
}

/** A field of any wire type but a group. */
function unknownField(number: number, pick: Pick): WireField {
  const content = Buffer.from(Array.from({ length: 8 }, () => pick(256)))
  switch (pick(4)) {
    case 0:
      return varintField(number, BigInt(pick(2 ** 31)) << BigInt(pick(33)))
    case 1:
      return fixedField(number, content)
    case 2:
      return fixedField(number, content.subarray(4))
    default:
      return lengthField(number, content.subarray(pick(9)))
  }
}

function shuffle(fields: WireField[], pick: Pick): void {
  for (let index = fields.length - 1; index > 0; index -= 1) {
    const other = pick(index + 1)
    const field = fields[index] as WireField
    fields[index] = fields[other] as WireField
    fields[other] = field
  }
}
