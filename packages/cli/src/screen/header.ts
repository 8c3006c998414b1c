import { formatFraction } from '../messages/format-number.js'
import type { Shot } from './shot.js'
import { formatAge, formatElapsed } from './text/ages.js'
import { formatMs, shortNumber } from './text/amounts.js'
import { type Cell, fitCells, type Line, type Span, span, spread } from './text/line.js'

/** One exchange among those that can be looked at. */
export interface Tab {
  readonly title: string
  readonly isChosen: boolean
  /** Says without words whether it needs to be looked at. */
  readonly sign: Span
}

/** Which exchange and instrument are shown, of how many, and for how long it has run; where the screen stands still, since when. */
export function headerLine(
  shot: Shot,
  tabs: readonly Tab[],
  elapsedMs: number,
  pausedMs: number | null,
  width: number,
): Line {
  const right =
    pausedMs === null
      ? [span(formatElapsed(elapsedMs), 'dim')]
      : [span(` PAUSED ${formatAge(pausedMs)} ago `, 'chosen')]
  const symbol: Line = [
    span('‹ ', 'dim'),
    span(shot.symbol, 'strong'),
    ...(shot.symbols > 1 ? [span(` ${shot.symbolIndex + 1}/${shot.symbols}`, 'dim')] : []),
    span(' ›', 'dim'),
  ]
  const room = width - right.reduce((total, { text }) => total + text.length, 0) - 1
  const cells: Cell[] = tabs.map((tab) => ({
    line: tab.isChosen ? [span(` ${tab.title} `, 'chosen'), tab.sign] : [span(`${tab.title} `), tab.sign],
    rank: tab.isChosen ? 1 : 3,
  }))
  const more: Cell[] = [
    { line: symbol, rank: 0 },
    {
      line: [span(formatFraction(shot.change), (shot.change ?? 0) < 0 ? 'bad' : 'good')],
      rank: shot.change === null ? 5 : 2,
    },
    { line: shot.isEmulated ? [span('emulated', 'dim')] : [], rank: 4 },
  ]
  return spread(fitCells([...cells, ...more], room), right, width)
}

/** How the exchange does: what is wrong comes before everything else, and only where something is. */
export function healthLine({ health, alerts }: Shot, width: number): Line {
  const { connected, connections, messagesPerSecond, p99Ms, lagMs, gaps, dropped, errors, unknown, reconnects } = health
  const isUp = connected === connections
  const trouble = (count: number, name: string, rank: number): Cell => ({
    line: count === 0 ? [] : [span(`${shortNumber(count)} ${name}`, 'bad')],
    rank,
  })
  return fitCells(
    [
      {
        line: [span(isUp ? '● connected' : `× ${connected} of ${connections} connected`, isUp ? 'good' : 'bad')],
        rank: 0,
      },
      trouble(alerts.length, alerts.length === 1 ? 'alert' : 'alerts', 1),
      trouble(dropped, 'dropped', 3),
      trouble(errors, errors === 1 ? 'error' : 'errors', 4),
      trouble(unknown, 'unknown', 6),
      { line: [span(`gaps ${shortNumber(gaps)}`, gaps === 0 ? 'dim' : 'warn')], rank: 5 },
      { line: [span(`${shortNumber(Math.round(messagesPerSecond))} msg/s`)], rank: 2 },
      { line: [span(`p99 ${formatMs(p99Ms)} ms`)], rank: 2 },
      { line: [span(lagMs === null ? 'lag –' : `lag ${formatMs(lagMs)} ms`)], rank: 7 },
      { line: reconnects === 0 ? [] : [span(`${shortNumber(reconnects)} reconnected`, 'dim')], rank: 8 },
    ],
    width,
  )
}
