import { type Abilities, footerLine } from './footer.js'
import { headerLine, healthLine, type Tab } from './header.js'
import { helpLines } from './help.js'
import { accountSection } from './sections/account-section.js'
import { alertsSection } from './sections/alerts-section.js'
import { bookSection } from './sections/book-section.js'
import { connectionsSection } from './sections/connections-section.js'
import { logSection } from './sections/log-section.js'
import { paceSection } from './sections/pace-section.js'
import { streamsSection } from './sections/streams-section.js'
import { tradesSection } from './sections/trades-section.js'
import type { Shot } from './shot.js'
import { besideEachOther, type Section, stackSections } from './stack.js'
import { clipLine, type Line, span } from './text/line.js'
import { wrapText } from './text/width.js'

/** Everything one frame is drawn from. */
export interface Scene {
  readonly shot: Shot
  readonly tabs: readonly Tab[]
  readonly elapsedMs: number
  /** For how long the screen has stood still; null while it moves. */
  readonly pausedMs: number | null
  readonly abilities: Abilities
  /** Code to paste, shown in place of the market. */
  readonly connectText: string
}

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

/** From here on everything has room; what is smaller shows what it can. */
const leastSize: ScreenSize = { columns: 50, rows: 12 }
const gap = 2
/** Narrower, a second or a third column would have no room for a number. */
const twoColumns = 78
const threeColumns = 118
const widestSide = 56
/** Of the width, by the number of columns: for those beside the book, which has the rest. */
const sharesOfOthers: Readonly<Record<number, readonly number[]>> = { 2: [0.46], 3: [0.28, 0.32] }
/** Header, health and footer. */
const frameLines = 3

/** The whole screen: exactly `rows` lines of at most `columns` columns. */
export function drawFrame(scene: Scene, { columns, rows }: ScreenSize): readonly Line[] {
  const { shot, tabs, elapsedMs, pausedMs, abilities } = scene
  const header = headerLine(shot, tabs, elapsedMs, pausedMs, columns)
  const health = healthLine(shot, columns)
  const footer = footerLine(abilities, columns)
  const room = rows - frameLines
  const body = room <= 0 ? [] : drawBody(scene, columns, room)
  const lines = [header, health, ...body, footer]
  // Of a terminal of two lines the state is left, not the keys.
  return lines.slice(0, Math.max(0, rows)).map((line) => clipLine(line, columns))
}

function drawBody({ shot, abilities, connectText }: Scene, width: number, height: number): readonly Line[] {
  if (abilities.view === 'help') return exactly(helpLines(abilities, width), height)
  if (abilities.view === 'connect') {
    const code = connectText.split('\n').flatMap((line) => wrapCode(line, width))
    return exactly(
      code.map((line) => [span(line)]),
      height,
    )
  }
  if (width < leastSize.columns) {
    const notice = `${leastSize.columns} columns show the market; this terminal has ${width}.`
    return exactly(
      wrapText(notice, width).map((line) => [span(line)]),
      height,
    )
  }
  return drawMarket(shot, width, height)
}

function drawMarket(shot: Shot, width: number, height: number): readonly Line[] {
  const alerts = shot.alerts.length === 0 ? [] : [alertsSection(shot)]
  const log = shot.log.length === 0 ? [] : [logSection(shot)]
  const account = shot.account === null ? [] : [accountSection(shot.account)]
  const book = bookSection(shot)
  const trades = tradesSection(shot)
  const [pace, connections, streams] = [paceSection(shot), connectionsSection(shot), streamsSection(shot)]
  // What is wrong, and what happened, have the whole width, and up to a share of the height.
  const above = linesOf(alerts, width, height / 3)
  const below = width < twoColumns ? 0 : linesOf(log, width, height / 4)
  const middle = height - above - below
  const stacks =
    width < twoColumns
      ? [[book, trades, streams, connections, pace, ...account, ...log]]
      : width < threeColumns
        ? [
            [book, trades],
            [pace, connections, streams, ...account],
          ]
        : [[book], [trades, ...account], [pace, connections, streams]]
  return [
    ...stackSections(alerts, width, above),
    ...inColumns(stacks, width, middle),
    ...stackSections(log, width, below),
  ]
}

/** A section across the whole width takes what it likes, title included, up to a share of the screen; never less than it needs. */
function linesOf(sections: readonly Section[], width: number, most: number): number {
  const [section] = sections
  if (section === undefined) return 0
  return 1 + Math.max(section.least, Math.min(section.wish(width), Math.floor(most) - 1))
}

function inColumns(stacks: readonly (readonly Section[])[], width: number, height: number): readonly Line[] {
  const room = width - gap * (stacks.length - 1)
  const others = (sharesOfOthers[stacks.length] ?? []).map((share) => Math.min(widestSide, Math.floor(room * share)))
  const widths = [room - others.reduce((total, one) => total + one, 0), ...others]
  const columns = stacks.map((sections, index) => {
    const own = widths[index] ?? 0
    return { lines: stackSections(sections, own, height), width: own }
  })
  return besideEachOther(columns, gap)
}

/** Code that is too wide for the terminal goes on in the next line: nothing of what one copies is missing. */
function wrapCode(line: string, width: number): readonly string[] {
  const parts: string[] = []
  for (let from = 0; from === 0 || from < line.length; from += width) parts.push(line.slice(from, from + width))
  return parts
}

function exactly(lines: readonly Line[], height: number): readonly Line[] {
  if (lines.length > height) return [...lines.slice(0, height - 1), [span('… the rest in a taller terminal', 'dim')]]
  return Array.from({ length: height }, (_, row) => lines[row] ?? [])
}
