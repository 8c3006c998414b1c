import type { Stream } from '@tapewire/core'
import { listItem } from './list-item.js'

/**
 * Those of the streams that a text names, by market or by what a request calls them. Gate.io words its refusals in several ways: `unknown currency pair: X`,
 * `unknown currency pair X`, `Alert sub ob.X.50` (spot WebSocket v4 docs; live probe of the US edition, 2026-09), so that only the names are looked for, with any
 * punctuation around them. A name that is a part of another one is not named by it.
 */
export function culpritsIn(text: string, streams: readonly Stream[]): readonly Stream[] {
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
    const without = rest.replaceAll(asWord(name), ' ')
    if (without === rest) continue
    rest = without
    for (const stream of named) culprits.add(stream)
  }
  return streams.filter((stream) => culprits.has(stream))
}

/** A name with nothing before or behind it that could be a part of a longer one. */
function asWord(name: string): RegExp {
  const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return new RegExp(`(?<!${partBeside(name.at(0))})${escaped}(?!${partBeside(name.at(-1))})`, 'gu')
}

/** Characters that go on with a name at this end of it: in languages without blanks, ASCII ends where other letters begin. The ellipsis is where a text was cut. */
function partBeside(end = ''): string {
  return /^\p{ASCII}$/u.test(end) ? '[A-Za-z0-9_…]' : '[\\p{L}\\p{M}\\p{N}_…]'
}
