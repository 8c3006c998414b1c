import { channels, parseInstrument } from '@tapewire/core'
import { unnamedInstrument } from '@tapewire/core/adapter'

/** What a field may hold: a word for people, and the test. */
export interface ValueKind {
  readonly name: string
  has(value: unknown): boolean
}

/** An exact amount as an exchange writes one: `0.50`, `1E-7`. */
const decimalText = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

export const finiteNumber: ValueKind = kind('a finite number', (value) => Number.isFinite(value))
export const integer: ValueKind = kind('a whole number that is exact', (value) => Number.isSafeInteger(value))
export const text: ValueKind = kind('text', (value) => typeof value === 'string')
export const fullText: ValueKind = kind('text that is not empty', (value) => typeof value === 'string' && value !== '')
export const flag: ValueKind = kind('true or false', (value) => typeof value === 'boolean')
export const decimal: ValueKind = kind(
  'an amount as decimal text',
  (value) => typeof value === 'string' && decimalText.test(value),
)
export const numberOrText: ValueKind = kind(
  'a finite number, or text',
  (value) => Number.isFinite(value) || typeof value === 'string',
)
export const anything: ValueKind = kind('anything but undefined', (value) => value !== undefined)
export const nothing: ValueKind = kind('null', (value) => value === null)
export const instrument: ValueKind = kind('an instrument', (value) => {
  if (value === unnamedInstrument) return true
  const { name } = (value ?? {}) as { readonly name?: unknown }
  try {
    return parseInstrument(name as string) === value
  } catch {
    return false
  }
})
export const channelName: ValueKind = kind('a channel', (value) => (channels as readonly unknown[]).includes(value))
/** Pairs of numbers, a price and a size each. */
export const flatLevels: ValueKind = kind(
  'a flat list of finite numbers, price and size in turn',
  (value) => Array.isArray(value) && value.length % 2 === 0 && value.every((one) => Number.isFinite(one)),
)
export const textList: ValueKind = kind(
  'a list of texts',
  (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
)

export function oneOf(...words: readonly string[]): ValueKind {
  return kind(`one of ${words.join(', ')}`, (value) => (words as readonly unknown[]).includes(value))
}

export function orNull({ name, has }: ValueKind): ValueKind {
  return kind(`${name}, or null`, (value) => value === null || has(value))
}

function kind(name: string, has: (value: unknown) => boolean): ValueKind {
  return { name, has }
}
