import { canGenerateCode, generate } from '../../config/code-generation.js'
import type { Source } from '../source.js'
import type { LevelsField } from './field.js'
import type { Compiled, GroupLayout, Layout, ListLayout, MemberLayout, SlotRange, ValueField } from './layout.js'
import {
  areDigits,
  numberOfDigits,
  readAmount,
  readBareDecimal,
  readDecimalField,
  readEitherDecimal,
  readId,
  readLevels,
  refused,
} from './read-value.js'
import type { Registers } from './registers.js'

const quote = 34
const comma = 44
const minus = 45
const zero = 48
const backslash = 92
const closeBracket = 93

/** Whether the bytes `start` to `end` are the payload, whole. What it read is then in the registers. */
export type Scan = (source: Source, start: number, end: number) => boolean

/**
 * Writes the scanner of a payload as source text: comparisons and calls in the order of the wire, so that nothing is decided for each frame that the declaration
 * decides for all. Of the declaration only numbers go into it: lengths, slots, and the bytes of its names as integers.
 */
export function createScanner({ root, lists }: Compiled, registers: Registers): Scan {
  if (!canGenerateCode) return () => false
  const writer = new ScannerWriter()
  writer.group(root)
  const { statements, rest } = writer.finished()
  const source = [
    'const { numbers, starts, ends } = registers',
    // Price and size of one level, and what is read to be ignored.
    'const level = { numbers: new Float64Array(3) }',
    ...lists.map(({ index }) => `const list${index} = registers.lists[${index}]`),
    'return function scan(source, start, end) {',
    'const { bytes, memory, offset } = source',
    'let at = start, first, value, word, byte, flat, digits',
    ...lists.map(({ index }) => `list${index}.clear()`),
    ...statements.map(statementSource),
    `return at + ${Buffer.byteLength(rest)} === end && ${standsAt(rest)}`,
    '}',
  ].join('\n')
  return generate(source, {
    registers,
    areDigits,
    numberOfDigits,
    readAmount,
    readBareDecimal,
    readDecimalField,
    readEitherDecimal,
    readId,
    readLevels,
  })
}

/** Source text, or a text that must stand where the scan has come to, and is passed. */
type Statement = string | { readonly expected: string }

function statementSource(statement: Statement): string {
  if (typeof statement === 'string') return statement
  return `if (!(${standsAt(statement.expected)})) return false\n${passing(statement.expected)}`
}

function passing(text: string): string {
  return `at += ${Buffer.byteLength(text)}`
}

class ScannerWriter {
  readonly #statements: Statement[] = []
  /** Keys, braces and constants since the last value: compared together with what opens the next one. */
  #before: string

  constructor(before = '') {
    this.#before = before
  }

  group({ isTuple, members }: GroupLayout): void {
    this.#before += isTuple ? '[' : '{'
    if (isTuple) this.#elements(members, '')
    else for (const [index, member] of members.entries()) this.#field(member, index === 0 ? '' : ',')
    this.#before += isTuple ? ']' : '}'
  }

  /** The statements, and the text behind the last value. */
  finished(): { readonly statements: readonly Statement[]; readonly rest: string } {
    return { statements: this.#statements, rest: this.#before }
  }

  #field(member: MemberLayout, comma: string): void {
    const key = `${comma}${JSON.stringify(member.name)}:`
    if (member.presence === 'optional') this.#optional(member, key, [])
    else this.#present(member, key)
  }

  /** Elements have no keys: behind one that is absent, all are. */
  #elements(members: readonly MemberLayout[], comma: string): void {
    for (const [index, member] of members.entries()) {
      const before = index === 0 ? comma : ','
      if (member.presence === 'optional') {
        this.#optional(member, before, members.slice(index + 1))
        return
      }
      this.#present(member, before)
    }
  }

  /** What is there, be it null. */
  #present({ layout, presence, slots }: MemberLayout, key: string): void {
    this.#before += key
    if (presence === 'required') {
      this.#layout(layout)
      return
    }
    this.#expect('')
    const isNull = [`if (${standsAt('null')}) {`, passing('null'), clearSource(slots), '} else {']
    this.#statements.push(...isNull, ...statementsOf(layout, ''), '}')
  }

  /** Only this may be absent, with the elements that follow it, so that what comes before is demanded first. The first statement has the key, and says whether it is there. */
  #optional({ layout, slots }: MemberLayout, key: string, followers: readonly MemberLayout[]): void {
    this.#expect('')
    const [first, ...others] = statementsOf(layout, key) as readonly [{ readonly expected: string }, ...Statement[]]
    const rest = new ScannerWriter()
    rest.#elements(followers, ',')
    const isThere = [
      `if (${standsAt(first.expected)}) {`,
      passing(first.expected),
      ...others,
      ...rest.#statements,
      '} else {',
    ]
    const behind = (followers.at(-1)?.slots ?? slots).behind
    this.#statements.push(...isThere, clearSource({ first: slots.first, behind }), '}')
  }

  #layout(layout: Layout): void {
    switch (layout.kind) {
      case 'constant':
        this.#before += JSON.stringify(layout.text)
        break
      case 'group':
        this.group(layout)
        break
      case 'list':
        this.#expect('[')
        this.#statements.push(...listStatements(layout))
        break
      case 'value':
        this.#expect(openingOf(layout.field))
        this.#statements.push(readingSource(layout.field, layout.slot))
    }
  }

  /** Demands what has come together so far, and an opening behind it. */
  #expect(opening: string): void {
    const expected = this.#before + opening
    if (expected !== '') this.#statements.push({ expected })
    this.#before = ''
  }

  /** The statements of a part that stands alone. */
  alone(layout: Layout): readonly Statement[] {
    this.#layout(layout)
    this.#expect('')
    return this.#statements
  }
}

function statementsOf(layout: Layout, before: string): readonly Statement[] {
  return new ScannerWriter(before).alone(layout)
}

/** Items in turn, up to the closing bracket; each is read into the same slots and kept. */
function listStatements({ slot, index, item }: ListLayout): readonly Statement[] {
  return [
    `starts[${slot}] = list${index}.count`,
    `if (at < end && bytes[at] === ${closeBracket}) at += 1`,
    'else for (;;) {',
    ...statementsOf(item, ''),
    `list${index}.add()`,
    endOfItem,
    '}',
    `ends[${slot}] = list${index}.count`,
  ]
}

/** Behind an item of an array: a comma and the next, or the end. */
const endOfItem = `if (at >= end) return false
byte = bytes[at]
at += 1
if (byte === ${closeBracket}) break
if (byte !== ${comma}) return false`

function clearSource({ first, behind }: SlotRange): string {
  const slots = Array.from({ length: behind - first }, (_, index) => first + index)
  return slots.map((slot) => `numbers[${slot}] = NaN\nstarts[${slot}] = -1`).join('\n')
}

/** What a value begins with, whatever it is. */
function openingOf(field: ValueField): string {
  switch (field.kind) {
    case 'decimal':
      return field.notation === 'quoted' ? '"' : ''
    case 'text':
    case 'choice':
    case 'openChoice':
      return '"'
    case 'levels':
      return '['
    default:
      return ''
  }
}

function readingSource(field: ValueField, slot: number): string {
  const call = (reader: string, ...more: readonly unknown[]): string =>
    `at = ${[`${reader}(source, at, end, registers, ${slot}`, ...more].join(', ')})\n${orRefuse}`
  switch (field.kind) {
    case 'integer':
      return integerSource(slot, field.isSigned)
    case 'id':
      return call('readId')
    case 'decimal':
      if (field.notation === 'quoted') return call('readDecimalField', field.shift, field.orEmpty)
      return field.notation === 'bare' ? call('readBareDecimal') : call('readEitherDecimal', field.orEmpty)
    case 'amount':
      return call('readAmount', field.orEmpty)
    case 'text':
      return textSource(slot)
    case 'levels':
      return isUsual(field) ? call('readLevels') : levelsSource(field, slot)
    case 'flag':
      return `${oneOf(['false', 'true'], slot)} else return false`
    case 'choice':
      return `${oneOf(field.texts.map(quotedEnd), slot)} else return false`
    case 'openChoice':
      return openChoiceSource(field.texts, slot)
  }
}

const orRefuse = `if (at === ${refused}) return false`

/** At most 15 digits, four at a time; JSON has no leading zeros. */
function integerSource(slot: number, isSigned: boolean): string {
  const digits = isSigned ? `first = at < end && bytes[at] === ${minus} ? at + 1 : at\nat = first` : 'first = at'
  const sign = isSigned ? `if (first > 0 && bytes[first - 1] === ${minus}) {\nfirst -= 1\nvalue = -value\n}\n` : ''
  return `${digits}
value = 0
while (at + 4 <= end && areDigits(word = memory.getInt32(offset + at, true))) {
value = value * 10000 + numberOfDigits(word)
at += 4
}
while (at < end && (byte = bytes[at]) >= ${zero} && byte <= ${zero + 9}) {
value = value * 10 + (byte - ${zero})
at += 1
}
if (at === first || at - first > 15 || (bytes[first] === ${zero} && at - first > 1)) return false
${sign}numbers[${slot}] = value
starts[${slot}] = first
ends[${slot}] = at`
}

/** ASCII without escapes, up to the closing quote. */
function textSource(slot: number): string {
  return `first = at
while (at < end && (byte = bytes[at]) !== ${quote}) {
if (byte === ${backslash} || byte < 32 || byte > 126) return false
at += 1
}
if (at === end) return false
starts[${slot}] = first
ends[${slot}] = at
at += 1`
}

/** One of these texts; its index is kept. What follows is an \`else\`. */
function oneOf(texts: readonly string[], slot: number): string {
  const branches = texts.map(
    (text, index) => `if (${standsAt(text)}) {\nnumbers[${slot}] = ${index}\n${passing(text)}\n}`,
  )
  return branches.join(' else ')
}

/** A text behind its opening quote. */
function quotedEnd(text: string): string {
  return JSON.stringify(text).slice(1)
}

function openChoiceSource(texts: readonly string[], slot: number): string {
  const known = oneOf(texts.map(quotedEnd), slot)
  return `first = at
${known} else {
${textSource(slot)}
numbers[${slot}] = ${texts.length}
}
starts[${slot}] = first
ends[${slot}] = at - 1`
}

/** Pairs of numbers in quotes, which \`readLevels\` reads. */
function isUsual({ names, notation, ignored, keepsDigits }: LevelsField): boolean {
  return names === null && notation === 'quoted' && ignored === 0 && !keepsDigits
}

function levelsSource({ names, notation, ignored, keepsDigits }: LevelsField, slot: number): string {
  const isQuoted = notation === 'quoted'
  const [price, size] = names === null ? ['', ''] : names.map((name) => `${JSON.stringify(name)}:`)
  const number = (before: string, place: number, isKept: boolean): string => `${statementSource({
    expected: isQuoted ? `${before}"` : before,
  })}
first = at
at = ${isQuoted ? 'readDecimalField' : 'readBareDecimal'}(source, at, end, level, ${place}${isQuoted ? ', 0, false' : ''})
${orRefuse}
${isKept ? `digits.push(bytes.latin1Slice(first, at${isQuoted ? ' - 1' : ''}))` : ''}`
  return `starts[${slot}] = at
flat = []
registers.levels[${slot}] = flat
${keepsDigits ? `digits = []\nregisters.digits[${slot}] = digits` : ''}
if (at < end && bytes[at] === ${closeBracket}) at += 1
else for (;;) {
${number(`${names === null ? '[' : '{'}${price}`, 0, keepsDigits)}
${number(`,${size}`, 1, keepsDigits)}
flat.push(level.numbers[0], level.numbers[1])
${Array.from({ length: ignored }, () => number(',', 2, false)).join('\n')}
${statementSource({ expected: names === null ? ']' : '}' })}
${endOfItem}
}`
}

/**
 * The condition that a text stands at `at`, compared four bytes at a time; the last four overlap those before where its length is no multiple of four. It is false
 * where the frame ends before the text would, and looks no further than that.
 */
function standsAt(text: string): string {
  const bytes = Buffer.from(text)
  const conditions = [`at + ${bytes.length} <= end`]
  if (bytes.length < 4) {
    for (const [index, byte] of bytes.entries()) conditions.push(`memory.getUint8(offset + at + ${index}) === ${byte}`)
  } else {
    for (let index = 0; index < bytes.length; index += 4) {
      const place = Math.min(index, bytes.length - 4)
      conditions.push(`memory.getInt32(offset + at + ${place}, true) === ${bytes.readInt32LE(place)}`)
    }
  }
  return conditions.join(' && ')
}
