import { clipText, widthOf } from './width.js'

/** What a piece of text means on a screen; `paint.ts` says how each looks. */
export type Style = 'plain' | 'dim' | 'strong' | 'good' | 'bad' | 'warn' | 'accent' | 'chosen'

export interface Span {
  readonly text: string
  readonly style: Style
}

/** One line of a screen: what it says, not yet how a terminal is told. */
export type Line = readonly Span[]

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style }
}

/** Columns of a terminal that the line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((total, { text }) => total + widthOf(text), 0)
}

/** The line in at most `width` columns: words that are too many end in `…`, and no number is cut. */
export function clipLine(line: Line, width: number): Line {
  if (lineWidth(line) <= width) return line
  const shown: Span[] = []
  let room = width
  for (const [index, { text, style }] of line.entries()) {
    const needed = widthOf(text)
    const isLast = index === line.length - 1
    // The mark needs a column as well, unless nothing follows.
    if (needed < room || (isLast && needed === room)) {
      shown.push({ text, style })
      room -= needed
    } else {
      shown.push({ text: clipText(`${text}${isLast ? '' : '  '}`, room), style })
      break
    }
  }
  return shown
}

/** The line in exactly `width` columns. */
export function fitLine(line: Line, width: number): Line {
  const clipped = clipLine(line, width)
  const missing = width - lineWidth(clipped)
  return missing <= 0 ? clipped : [...clipped, span(' '.repeat(missing))]
}

/** `left` and `right` at the two ends of `width` columns; where both do not fit, the right one is left out. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - lineWidth(right)
  if (lineWidth(left) + 1 > room) return clipLine(left, width)
  return [...fitLine(left, room), ...right]
}

/** A part of a line that is shown whole or not at all. */
export interface Cell {
  readonly line: Line
  /** Those of the highest rank go first where there is no room; 0 stays as long as anything does. */
  readonly rank: number
}

/** As many cells as fit, in their order, `gap` columns apart. */
export function fitCells(cells: readonly Cell[], width: number, gap = 2): Line {
  let shown = cells.filter(({ line }) => lineWidth(line) > 0)
  const needed = (): number =>
    shown.reduce((total, { line }) => total + lineWidth(line), 0) + gap * Math.max(0, shown.length - 1)
  while (shown.length > 0 && needed() > width) {
    const most = Math.max(...shown.map(({ rank }) => rank))
    const last = shown.findLastIndex(({ rank }) => rank === most)
    shown = shown.filter((_, index) => index !== last)
  }
  return shown.flatMap(({ line }, index) => (index === 0 ? line : [span(' '.repeat(gap)), ...line]))
}
