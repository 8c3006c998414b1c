import { areDigits, numberOfDigits } from '../digits.js'
import type { Source } from '../source.js'
import type { Program, Step, ValueField } from './program.js'
import { readDecimalField, readLevels, refused } from './read-value.js'
import type { Registers } from './registers.js'

/** Whether the bytes `start` to `end` are the payload, whole. What it read is then in the registers. */
export type Scan = (source: Source, start: number, end: number) => boolean

/**
 * Writes the scanner of a payload as source text: comparisons and calls in the order of the wire, so that nothing is decided for each frame that the declaration
 * decides for all. Of the declaration only numbers go into it: lengths, slots, and the bytes of its names as integers.
 */
export function createScanner({ steps, end }: Program, registers: Registers): Scan {
  const source = [
    'const { numbers, starts, ends } = registers',
    'return function scan(source, start, end) {',
    'const { bytes, memory, offset } = source',
    'let at = start, first, value, word, byte',
    ...steps.map(stepSource),
    `return at + ${Buffer.byteLength(end)} === end && ${standsAt(end)}`,
    '}',
  ].join('\n')
  const tools = { areDigits, numberOfDigits, readDecimalField, readLevels }
  return new Function('registers', ...Object.keys(tools), source)(registers, ...Object.values(tools)) as Scan
}

function stepSource({ before, isOptional, field, slot }: Step): string {
  const value = `at += ${Buffer.byteLength(before)}\n${field === null ? '' : readingSource(field, slot)}`
  if (!isOptional) return `if (!(${standsAt(before)})) return false\n${value}`
  return `if (${standsAt(before)}) {\n${value}\n} else {\nnumbers[${slot}] = NaN\nstarts[${slot}] = -1\n}`
}

function readingSource(field: ValueField, slot: number): string {
  switch (field.kind) {
    case 'integer':
      return integerSource(slot)
    case 'decimal':
      return `at = readDecimalField(source, at, end, registers, ${slot}, ${field.shift}, ${field.orEmpty})\n${orRefuse}`
    case 'text':
      return textSource(slot)
    case 'levels':
      return `at = readLevels(source, at, end, registers, ${slot})\n${orRefuse}`
    case 'flag':
      return oneOf(['false', 'true'], slot)
    case 'choice':
      return oneOf(
        field.texts.map((text) => `${text}"`),
        slot,
      )
  }
}

const orRefuse = `if (at === ${refused}) return false`

/** At most 15 digits, four at a time; JSON has no leading zeros. */
function integerSource(slot: number): string {
  return `first = at
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
numbers[${slot}] = value
starts[${slot}] = first
ends[${slot}] = at`
}

const zero = 48

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

const quote = 34
const backslash = 92

/** One of these texts; its index is kept. */
function oneOf(texts: readonly string[], slot: number): string {
  const branches = texts.map(
    (text, index) => `if (${standsAt(text)}) {\nnumbers[${slot}] = ${index}\nat += ${Buffer.byteLength(text)}\n}`,
  )
  return `${branches.join(' else ')} else return false`
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
