import type { Stream } from '@tapewire/core'
import { listItem } from './list-item.js'

/**
 * Those of the streams that a text names, by market or by what a request calls them. Gate.io words its refusals in several ways: `unknown currency pair: X`,
 * `unknown currency pair X`, `Alert sub ob.X.50` (spot WebSocket v4 docs; live probe of the US edition, 2026-09), so that only the names are looked for, with any
 * punctuation around them. A name that is a part of another one is not named by it. Where no name stands in the text as it was asked for, one in other letters (small
 * ones are unknown to Gate.io) or with another separator counts.
 */
export function culpritsIn(text: string, streams: readonly Stream[]): readonly Stream[] {
  const culprits = namedIn(text, streams, asWord)
  return culprits.length > 0 ? culprits : namedIn(text, streams, asLooseWord)
}

function namedIn(text: string, streams: readonly Stream[], patternOf: (name: string) => RegExp): readonly Stream[] {
  const byName = new Map<string, Stream[]>()
  for (const stream of streams) {
    for (const name of new Set([listItem(stream), stream.wireSymbol])) {
      if (name !== null) byName.set(name, [...(byName.get(name) ?? []), stream])
    }
  }
  const longestFirst = [...byName].sort(([left], [right]) => right.length - left.length)
  const culprits = new Set<Stream>()
  let rest = text
  for (const [name, named] of longestFirst) {
    const without = rest.replaceAll(patternOf(name), ' ')
    if (without === rest) continue
    rest = without
    for (const stream of named) culprits.add(stream)
  }
  return streams.filter((stream) => culprits.has(stream))
}

/** A name with nothing before or behind it that could be a part of a longer one. */
function asWord(name: string): RegExp {
  return new RegExp(wordPattern(name), 'gu')
}

/** The same in letters of any case, and with any of the separators that others write. */
function asLooseWord(name: string): RegExp {
  return new RegExp(wordPattern(name, '[_/-]'), 'giu')
}

function wordPattern(name: string, separator = '_'): string {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('_', separator)
  return `(?<!${partBeside(name.at(0))})${escaped}(?!${partBeside(name.at(-1))})`
}

/** Characters that go on with a name at this end of it: in languages without blanks, ASCII ends where other letters begin. The ellipsis is where a text was cut. */
function partBeside(end = ''): string {
  return /^\p{ASCII}$/u.test(end) ? '[A-Za-z0-9_…]' : '[\\p{L}\\p{M}\\p{N}_…]'
}
