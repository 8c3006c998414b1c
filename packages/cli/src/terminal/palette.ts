/** Colours for a terminal, or none. */
export interface Palette {
  dim(text: string): string
  bold(text: string): string
  green(text: string): string
  red(text: string): string
  yellow(text: string): string
  cyan(text: string): string
}

const plain = (text: string): string => text
const coloured =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`

const noColours: Palette = { dim: plain, bold: plain, green: plain, red: plain, yellow: plain, cyan: plain }
const colours: Palette = {
  dim: coloured(2, 22),
  bold: coloured(1, 22),
  green: coloured(32, 39),
  red: coloured(31, 39),
  yellow: coloured(33, 39),
  cyan: coloured(36, 39),
}

export function paletteFor(hasColours: boolean): Palette {
  return hasColours ? colours : noColours
}
