/** How panels share a terminal. */
export interface Layout {
  /** Panels next to each other rather than below each other. */
  readonly isWide: boolean
  /** Of one panel, border included. */
  readonly panelWidth: number
  /** Lines of trades, and of the account beside them; 0 leaves both out. */
  readonly detailLines: number
  /** Whether there is room for the sizes of a quote. */
  readonly showsSizes: boolean
  /** Bars of a sparkline; 0 leaves it out. */
  readonly sparkWidth: number
  /** Of the whole: never more than the terminal has, or it would scroll with every frame. */
  readonly height: number
}

/** A panel that shows everything next to another one. */
const comfortableWidth = 96
const mostDetailLines = 8
/** Title, column names and border of a panel. */
const panelFrameLines = 4
/** Title of the whole, and the line the cursor rests on. */
const frameLines = 2
/** Columns of a quote line without its sparkline: with sizes, and without. */
const quoteWidth = 74
const narrowQuoteWidth = 50
const borderWidth = 4
const mostBars = 24

/** Fits `panels` panels of `pairs` quotes into a terminal without scrolling it. */
export function layoutFor(
  { columns, rows }: { readonly columns: number; readonly rows: number },
  panels: number,
  pairs: number,
): Layout {
  const isWide = panels > 1 && columns >= comfortableWidth * panels
  const panelWidth = isWide ? Math.floor(columns / panels) : columns
  const panelLines = Math.floor((rows - frameLines) / (isWide ? 1 : Math.max(1, panels)))
  const room = panelLines - panelFrameLines - pairs
  const detailLines = Math.max(0, Math.min(mostDetailLines, room))
  const lines = (panelFrameLines + pairs + detailLines) * (isWide ? 1 : panels) + 1
  const showsSizes = panelWidth - borderWidth >= quoteWidth
  const sparkRoom = panelWidth - borderWidth - (showsSizes ? quoteWidth : narrowQuoteWidth)
  return {
    isWide,
    panelWidth,
    detailLines,
    showsSizes,
    sparkWidth: Math.max(0, Math.min(mostBars, sparkRoom)),
    height: Math.max(1, Math.min(lines, rows - 1)),
  }
}
