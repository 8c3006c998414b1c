import { formatTime } from '../../messages/format-number.js'
import type { Shot, ShownEvent } from '../shot.js'
import type { Section } from '../stack.js'
import { clipLine, type Style, span } from '../text/line.js'

const mostLines = 6
const looks: Readonly<Record<ShownEvent['level'], readonly [sign: string, style: Style]>> = {
  info: ['·', 'plain'],
  warn: ['!', 'warn'],
  error: ['×', 'bad'],
}

/** What happened, newest first: losses, gaps, refusals. */
export function logSection({ log }: Shot): Section {
  return {
    title: [span('what happened')],
    least: 1,
    wish: () => Math.min(mostLines, log.length),
    rank: 3,
    draw: (width, lines) =>
      log.slice(0, lines).map(({ at, level, text }) => {
        const [sign, style] = looks[level]
        return clipLine([span(formatTime(at).slice(0, 8), 'dim'), span(` ${sign} ${text}`, style)], width)
      }),
  }
}
