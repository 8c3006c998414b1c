import type { Shot } from '../shot.js'
import type { Section } from '../stack.js'
import { formatMs, shortNumber } from '../text/amounts.js'
import { type Line, span } from '../text/line.js'
import { resampled, sparkline } from '../text/sparkline.js'

const labelWidth = 9
const valueWidth = 7
const mostColumns = 60

/** How fast messages are handled and how many come, and the way the price went. */
export function paceSection({ trail, health, mids }: Shot): Section {
  return {
    title: [span('last minute')],
    least: 2,
    wish: () => (mids.length > 1 ? 3 : 2),
    rank: 5,
    draw: (width, lines) => {
      const columns = Math.max(0, Math.min(mostColumns, width - labelWidth - valueWidth - 2))
      const row = (label: string, drawn: string, value: string): Line => [
        span(label.padEnd(labelWidth), 'dim'),
        span(drawn, 'accent'),
        ...(value === '' ? [] : [span(`  ${value.padStart(valueWidth)}`)]),
      ]
      const p99Ms = resampled(trail.p99Ms, columns, 'highest')
      const rates = resampled(trail.messagesPerSecond, columns, 'average')
      const prices = resampled(mids, columns, 'average')
      return [
        row('p99 ms', sparkline(p99Ms, columns, 'zero'), formatMs(trail.p99Ms.at(-1) ?? health.p99Ms)),
        row('msg/s', sparkline(rates, columns, 'zero'), shortNumber(Math.round(trail.messagesPerSecond.at(-1) ?? 0))),
        row('price', sparkline(prices, columns, 'lowest'), ''),
      ].slice(0, lines)
    },
  }
}
