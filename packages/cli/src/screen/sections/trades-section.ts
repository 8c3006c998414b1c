import { formatTime } from '../../messages/format-number.js'
import type { Shot } from '../shot.js'
import { sideSpan } from '../signs.js'
import type { Section } from '../stack.js'
import { alignNumbers } from '../text/amounts.js'
import { fitCells, type Line, span } from '../text/line.js'

const widestSize = 14
/** Of `12:34:56.789`, `12:34:56` and `▲ buy `. */
const millisecondsWidth = 12
const secondsWidth = 8
const wordWidth = 6

/** The tape: latest trades, newest first. A side has a sign, so that it needs no colour. */
export function tradesSection({ trades, priceDigits, sizeDigits }: Shot): Section {
  return {
    title: [span('trades')],
    least: 2,
    wish: () => Math.max(2, trades.length),
    rank: 2,
    draw: (width, lines) => {
      const shown = trades.slice(0, lines)
      if (shown.length === 0) return [[span('none yet', 'dim')]]
      const prices = alignNumbers(
        shown.map(({ price }) => price),
        priceDigits,
        Number.POSITIVE_INFINITY,
      )
      const sizes = alignNumbers(
        shown.map(({ size }) => size),
        sizeDigits,
        widestSize,
      )
      const numbers = (prices[0]?.length ?? 0) + 1 + (sizes[0]?.length ?? 0)
      const hasWord = width >= secondsWidth + 1 + wordWidth + 1 + numbers
      const hasMilliseconds = width >= millisecondsWidth + 1 + wordWidth + 1 + numbers
      return shown.map(({ side, time }, row): Line => {
        const clock = formatTime(time).slice(0, hasMilliseconds ? millisecondsWidth : secondsWidth)
        return fitCells(
          [
            { line: [span(clock, 'dim')], rank: 2 },
            { line: [sideSpan(side, hasWord)], rank: 0 },
            { line: [span(prices[row] ?? '', side === 'buy' ? 'good' : 'bad')], rank: 0 },
            { line: [span(sizes[row] ?? '')], rank: 1 },
          ],
          width,
          1,
        )
      })
    },
  }
}
