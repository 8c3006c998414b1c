import type { Line, Style } from './text/line.js'

/** How many colours a terminal has; `none` also where the person wants none. */
export type ColourDepth = 'none' | '16' | '256'

/** What a style is told to a terminal with: the codes of "Select Graphic Rendition" (ECMA-48). */
type Codes = Readonly<Record<Style, string>>

/** Weight and reversal are no colours: they stay where colours are not wanted. */
const none: Codes = { plain: '', dim: '', strong: '1', good: '', bad: '', warn: '', accent: '', chosen: '7' }

/** The terminal's own colours, without those that vanish: yellow and cyan on white, blue on black. */
const basic: Codes = { plain: '', dim: '2', strong: '1', good: '32', bad: '31', warn: '35', accent: '1', chosen: '7' }

/** Each at least 3.8 to 1 against white and against black. */
export const colours256 = { dim: 243, good: 28, bad: 160, warn: 130, accent: 31 } as const

const fixed = Object.fromEntries(Object.entries(colours256).map(([style, colour]) => [style, `38;5;${colour}`]))
const codesByDepth: Readonly<Record<ColourDepth, Codes>> = { none, '16': basic, '256': { ...basic, ...fixed } }

/** How many colours the terminal is said to have. */
export function colourDepth(environment: Readonly<Record<string, string | undefined>>): ColourDepth {
  return environment.COLORTERM || /256|truecolor|direct/.test(environment.TERM ?? '') ? '256' : '16'
}

/** The line as a terminal takes it; it ends as it began, in no style. */
export function paintLine(line: Line, depth: ColourDepth): string {
  const codes = codesByDepth[depth]
  return line
    .map(({ text, style }) => (codes[style] === '' ? text : `\u001b[${codes[style]}m${text}\u001b[0m`))
    .join('')
}
