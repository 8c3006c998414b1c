import { clipLine, fitLine, type Line, lineWidth, span } from './text/line.js'

/** A part of the screen under a title of its own. */
export interface Section {
  readonly title: Line
  /** Lines below the title without which it is left out. */
  readonly least: number
  /** Lines that it can use in that many columns, never fewer than `least`. */
  wish(width: number): number
  /** Which is left out first where there is no room: the highest. */
  readonly rank: number
  /** At most `lines` lines of at most `width` columns. */
  draw(width: number, lines: number): readonly Line[]
}

/** Sections below each other in exactly `height` lines of at most `width` columns: each has what it needs before another one has what it likes. */
export function stackSections(sections: readonly Section[], width: number, height: number): readonly Line[] {
  const lines = new Map<Section, number>()
  let room = height
  for (const section of [...sections].sort((left, right) => left.rank - right.rank)) {
    if (section.least + 1 > room) continue
    lines.set(section, section.least)
    room -= section.least + 1
  }
  let grew = true
  while (room > 0 && grew) {
    grew = false
    for (const section of sections) {
      const has = lines.get(section)
      if (has === undefined || has >= section.wish(width) || room === 0) continue
      lines.set(section, has + 1)
      room -= 1
      grew = true
    }
  }
  const drawn = sections.flatMap((section) => {
    const has = lines.get(section)
    if (has === undefined) return []
    const content = section.draw(width, has).slice(0, has)
    return [
      ruled(section.title, width),
      ...content.map((line) => clipLine(line, width)),
      ...blank(has - content.length),
    ]
  })
  return [...drawn, ...blank(height - drawn.length)]
}

/** Columns of the screen next to each other. */
export function besideEachOther(
  columns: readonly { readonly lines: readonly Line[]; readonly width: number }[],
  gap: number,
): readonly Line[] {
  const height = Math.max(0, ...columns.map(({ lines }) => lines.length))
  return Array.from({ length: height }, (_, row) =>
    columns.flatMap(({ lines, width }, index) => {
      const line = lines[row] ?? []
      if (index === columns.length - 1) return clipLine(line, width)
      return [...fitLine(line, width), span(' '.repeat(gap))]
    }),
  )
}

function ruled(title: Line, width: number): Line {
  const clipped = clipLine(title, width)
  const room = width - lineWidth(clipped) - 1
  return room <= 0 ? clipped : [...clipped, span(` ${'─'.repeat(room)}`, 'dim')]
}

function blank(count: number): readonly Line[] {
  return Array.from({ length: Math.max(0, count) }, () => [])
}
