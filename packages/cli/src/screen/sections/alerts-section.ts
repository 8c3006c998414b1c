import type { Shot, ShownAlert } from '../shot.js'
import type { Section } from '../stack.js'
import { formatAge } from '../text/ages.js'
import { clipLine, type Line, span } from '../text/line.js'
import { widthOf, wrapText } from '../text/width.js'

/** Lines of one alert: what is so, and what to do. */
const linesEach = 2

/** What is wrong now and what to do about it, the critical first. Takes no room where nothing is. */
export function alertsSection({ alerts, at }: Shot): Section {
  const sorted = [...alerts].sort((left, right) => rankOf(left) - rankOf(right) || left.since - right.since)
  return {
    title: [span(alerts.length === 1 ? '1 alert' : `${alerts.length} alerts`, 'bad')],
    least: linesEach,
    wish: (width) => Math.max(linesEach, wholeAlerts(sorted, at, width).length),
    rank: 0,
    draw: (width, lines) => drawAlerts(sorted, at, width, lines),
  }
}

function drawAlerts(alerts: readonly ShownAlert[], at: number, width: number, lines: number): readonly Line[] {
  // Where all have room, each has as many lines as its words need.
  const whole = wholeAlerts(alerts, at, width)
  if (whole.length <= lines) return whole
  return alerts.slice(0, Math.floor(lines / linesEach)).flatMap((alert) => drawAlert(alert, at, width, 1))
}

function wholeAlerts(alerts: readonly ShownAlert[], at: number, width: number): readonly Line[] {
  return alerts.flatMap((alert) => drawAlert(alert, at, width, Number.POSITIVE_INFINITY))
}

function drawAlert(
  { kind, severity, reason, advice, docs, since }: ShownAlert,
  at: number,
  width: number,
  each: number,
): readonly Line[] {
  const style = severity === 'critical' ? 'bad' : 'warn'
  const sign = severity === 'critical' ? '‼ ' : '! '
  const told = `${kind} for ${formatAge(at - since)}: ${reason}`
  if (each === 1) {
    return [clipLine([span(`${sign}${told}`, style)], width), clipLine([span(`  → ${advice}`)], width)]
  }
  return [
    ...wrapText(told, width - 2).map((text, index): Line => [span(`${index === 0 ? sign : '  '}${text}`, style)]),
    ...wrapText(advice, width - 4).map((text, index): Line => [span(`${index === 0 ? '  → ' : '    '}${text}`)]),
    // A part of an address leads nowhere.
    ...(widthOf(docs) + 4 <= width ? [[span(`    ${docs}`, 'dim')]] : []),
  ]
}

function rankOf({ severity }: ShownAlert): number {
  return severity === 'critical' ? 0 : 1
}
