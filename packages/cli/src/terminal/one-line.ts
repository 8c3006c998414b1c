import { stripVTControlCharacters } from 'node:util'

/** Line breaks, tabs and anything else that could move a cursor or reorder text: exchanges' words reach terminals through here. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** The text on one line, without control characters and the sequences they begin. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(unprintable, ' ').trimEnd()
}
