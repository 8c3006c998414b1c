import { createRandom, randomInteger } from '../../../random.js'

/** A frame that means nothing. */
export interface GarbageFrame {
  /** For reports: `an empty frame`. */
  readonly name: string
  readonly content: string | Buffer
  /** Whether it is JSON all the same. */
  readonly isWellFormed: boolean
}

const wellFormed: readonly (readonly [name: string, text: string])[] = [
  ['an empty object', '{}'],
  ['an empty list', '[]'],
  ['a list of an empty object', '[{}]'],
  ['null', 'null'],
  ['an empty text', '""'],
  ['a number', '1'],
  ['true', 'true'],
  ['an object that nobody knows', '{"hello":"world","n":[1,2,3]}'],
  ['an object of inherited names', '{"__proto__":{"a":1},"constructor":"x","toString":1}'],
  ['deep lists', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['deep objects', `${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`],
]

const malformed: readonly (readonly [name: string, content: string | Buffer])[] = [
  ['an object without an end', '{"a":1'],
  ['a text without an end', '"abc'],
  ['HTML', '<html><body>502 Bad Gateway</body></html>'],
  ['what is no JSON', "{'a':1}"],
  ['two objects', '{}{}'],
  ['NaN', '{"a":NaN}'],
]

/** Frames as no exchange means them: the same ones each time. */
export function garbage(): readonly GarbageFrame[] {
  return [
    ...wellFormed.map(([name, content]) => ({ name, content, isWellFormed: true })),
    ...malformed.map(([name, content]) => ({ name, content, isWellFormed: false })),
    ...randomFrames(),
  ]
}

function randomFrames(): readonly GarbageFrame[] {
  const random = createRandom(0x6a7)
  const bytes = (length: number): Buffer =>
    // Above 0x80, so that it is neither JSON nor text.
    Buffer.from(Array.from({ length }, () => randomInteger(random, 0xf8, 0xff)))
  return [1, 2, 16, 64, 700].map((length) => ({
    name: `${length} random bytes`,
    content: bytes(length),
    isWellFormed: false,
  }))
}
