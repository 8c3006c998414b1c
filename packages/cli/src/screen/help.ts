import type { Abilities } from './footer.js'
import { statusSign } from './signs.js'
import { type Line, type Span, span } from './text/line.js'
import { wrapText } from './text/width.js'

const nameWidth = 10

/** What the keys do, and what the signs say. */
export function helpLines({ canConnect, hasExchanges }: Abilities, width: number): readonly Line[] {
  const row = (name: Span, text: string): readonly Line[] =>
    wrapText(text, Math.max(1, width - nameWidth)).map((part, index) => [
      index === 0 ? { ...name, text: name.text.padEnd(nameWidth) } : span(' '.repeat(nameWidth)),
      span(part),
    ])
  const key = (name: string, text: string): readonly Line[] => row(span(name, 'strong'), text)
  return [
    ...key('← → tab', 'the instrument before, the next one'),
    ...(hasExchanges ? key('e', 'the next exchange') : []),
    ...key('space', 'stands still; what comes is read anyway'),
    ...(canConnect ? key('c', 'how your own program connects here') : []),
    ...key('q', 'quits, as Ctrl-C does'),
    ...row(statusSign('live'), 'live: it delivers, and all is there'),
    ...row(statusSign('syncing'), 'syncing: asked for, not there yet'),
    ...row(statusSign('stale'), 'stale: silent for longer than it should'),
    ...row(statusSign('gapped'), 'gapped: something was lost'),
    ...row(span('▲ ▼'), 'bought, sold: by the taker of a trade'),
    ...row(span('64 │ 65'), 'who buys on the left, sells on the right'),
    ...row(span('██▌'), 'how much there is up to this price'),
    ...row(span('p99 ms'), 'read to handled, slowest in a hundred'),
    ...row(span('lag'), 'our clock less the exchange’s time'),
  ]
}
