import { isUtf8 } from 'node:buffer'
import { createRequire } from 'node:module'
import type { InboundFrame } from '../model/inbound-frame.js'

/** The frame's bytes as text; null where they are not valid UTF-8. */
export function frameText(frame: InboundFrame): string | null {
  const window = frame.bytes.subarray(frame.start, frame.end)
  return isUtf8(window) ? window.toString('utf8') : null
}

/**
 * A JSON number whose digits a double would not give back: an id of more than 15 digits, `1.50`, `8.75E+4`. `Number(number)` is its value, and
 * `String(number)` what was sent.
 */
export class ExactNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  valueOf(): number {
    return Number(this.text)
  }

  toString(): string {
    return this.text
  }

  toJSON(): string {
    return this.text
  }
}

/**
 * The frame read as JSON, or why it could not be. The reference for every faster way of reading one. No digit is lost: a number is a double where its digits
 * can be had back from it, and otherwise an `ExactNumber`.
 */
export function frameJson(frame: InboundFrame): { readonly value: unknown } | { readonly fault: string } {
  const text = frameText(frame)
  if (text === null) return { fault: 'not valid UTF-8' }
  try {
    return { value: inexactNumber.test(text) ? parseExactly(text) : JSON.parse(text) }
  } catch {
    return { fault: 'not valid JSON' }
  }
}

/**
 * A number without quotes that may not be what a double is written as: of 16 digits and more, with a zero at the end of its fraction, with an exponent, tiny, or
 * minus zero. Nearly no frame has one.
 */
const inexactNumber = /(?:^|[:[,])\s*-?(?:\d[\d.]{15}|\d+\.\d*0(?!\d)|\d+(?:\.\d+)?[eE]|0\.0{6})|-0(?![\d.])/

let parse: typeof import('lossless-json').parse | null = null

/** `JSON.parse` gives no access to the digits of a number before Node 21. Loaded with the first frame that needs it. */
function parseExactly(text: string): unknown {
  parse ??= (createRequire(import.meta.url)('lossless-json') as typeof import('lossless-json')).parse
  // As with `JSON.parse`, the last of two fields of one name counts.
  return parse(text, null, { parseNumber: exactNumber, onDuplicateKey: ({ newValue }) => newValue })
}

function exactNumber(text: string): number | ExactNumber {
  const number = Number(text)
  return String(number) === text ? number : new ExactNumber(text)
}
