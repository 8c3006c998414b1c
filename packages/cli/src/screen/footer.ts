import { type Cell, fitCells, type Line, span } from './text/line.js'

/** What can be done here now. */
export interface Abilities {
  readonly isPaused: boolean
  readonly hasSymbols: boolean
  readonly hasExchanges: boolean
  /** Whether a program of one's own can connect to what is shown. */
  readonly canConnect: boolean
  readonly view: 'market' | 'help' | 'connect'
}

export function footerLine(abilities: Abilities, width: number): Line {
  const { isPaused, hasSymbols, hasExchanges, canConnect, view } = abilities
  const key = (name: string, does: string, rank: number): Cell => ({
    line: [span(name, 'strong'), span(` ${does}`, 'dim')],
    rank,
  })
  if (view !== 'market')
    return fitCells([key('q', 'quits', 0), key(view === 'help' ? '?' : 'c', 'goes back', 0)], width)
  return fitCells(
    [
      key('q', 'quits', 0),
      key('?', 'help', 1),
      key('space', isPaused ? 'goes on' : 'pauses', 2),
      ...(hasSymbols ? [key('← →', 'instrument', 3)] : []),
      ...(hasExchanges ? [key('e', 'exchange', 4)] : []),
      ...(canConnect ? [key('c', 'connects your own', 5)] : []),
    ],
    width,
  )
}
