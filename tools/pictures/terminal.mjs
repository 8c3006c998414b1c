import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { terminalCells } from './terminal-cells.mjs'

const columns = 112
const rows = 32
/** Of one character, px. */
const width = 8
const height = 17
const margin = 12
/** A minute on the screen's sparklines. */
const mostSeconds = 66
const command = fileURLToPath(new URL('../../packages/cli/bin/tapewire.js', import.meta.url))

/** Writes a picture of what `tapewire demo` shows on a terminal. It must be built; `script` of util-linux gives it the terminal. */
export async function terminalPicture(path, minutes) {
  const written = await watchDemo(Math.min(mostSeconds, minutes * 60))
  const lastFrame = written.slice(0, written.lastIndexOf('\u001b[?1049l'))
  writeFileSync(path, svgOf(terminalCells(lastFrame, rows)))
}

/** Everything that the demo writes to its terminal. */
function watchDemo(seconds) {
  const { CI: _, NO_COLOR: __, ...environment } = process.env
  const line = `stty cols ${columns} rows ${rows} && exec '${process.execPath}' '${command}' demo --duration ${seconds}s`
  const demo = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    env: { ...environment, TERM: 'xterm-256color' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let written = ''
  demo.stdout.setEncoding('utf8').on('data', (text) => {
    written += text
  })
  return new Promise((resolve, reject) => {
    demo.once('error', reject)
    demo.once('close', (code) =>
      code === 0 ? resolve(written) : reject(new Error(`tapewire demo ended with ${code}.`)),
    )
  })
}

/** Text where it is text; blocks and rules as shapes, for no font joins them without gaps. */
function svgOf(cells) {
  const size = `width="${columns * width + 2 * margin}" height="${rows * height + 2 * margin}"`
  const shown = cells.flatMap((line, row) => runsOf(line).map((run) => drawRun(run, row))).join('\n')
  const colours = [...new Set(cells.flat().map(({ style }) => style.colour))].filter((colour) => colour !== null)
  const classes = colours.map((colour) => `.c${colour}{fill:${hexOf(colour)}}`).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="tapewire demo on a terminal">
<style>text{font:13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}.p{fill:#e6edf3}.r{fill:#0d1117}.bold{font-weight:bold}${classes}@media(prefers-color-scheme:light){.p{fill:#1f2328}.r{fill:#fff}}</style>
<rect width="100%" height="100%" rx="8" class="r"/>
<g transform="translate(${margin} ${margin})">
${shown}
</g>
</svg>
`
}

/** Neighbours of one style, blocks and rules each by themselves. */
function runsOf(line) {
  const runs = []
  for (const [column, { character, style }] of line.entries()) {
    const last = runs.at(-1)
    const isShape = shapes[character] !== undefined
    if (
      last !== undefined &&
      last.style === style &&
      last.isShape === isShape &&
      last.column + last.text.length === column
    ) {
      last.text += character
    } else runs.push({ text: character, style, isShape, column })
  }
  return runs
}

function drawRun({ text, style, isShape, column }, row) {
  const fill = style.isReversed ? 'r' : style.colour === null ? 'p' : `c${style.colour}`
  const x = column * width
  const y = row * height
  const behind = style.isReversed
    ? `<rect x="${x}" y="${y}" width="${text.length * width}" height="${height}" class="p"/>`
    : ''
  if (isShape) {
    const drawn = [...text].map((character, index) => shapes[character](x + index * width, y)).join('')
    return `${behind}<path class="${fill}" d="${drawn}"/>`
  }
  if (text.trim() === '') return behind
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const bold = style.isBold ? ' bold' : ''
  return `${behind}<text class="${fill}${bold}" x="${x}" y="${y + 13}" textLength="${text.length * width}" xml:space="preserve">${escaped}</text>`
}

const box = (x, y, w, h) => `M${x} ${y}h${w}v${h}h${-w}z`
const shapes = {
  '█': (x, y) => box(x, y, width, height),
  '▌': (x, y) => box(x, y, width / 2, height),
  '▐': (x, y) => box(x + width / 2, y, width / 2, height),
  '─': (x, y) => box(x, y + 8, width, 1),
  '│': (x, y) => box(x + 4, y, 1, height),
}
for (const [index, character] of [...'▁▂▃▄▅▆▇'].entries()) {
  const tall = Math.round((height * (index + 1)) / 8)
  shapes[character] = (x, y) => box(x, y + height - tall, width, tall)
}

/** A colour of the table of 256 that xterm has. */
function hexOf(colour) {
  const levels =
    colour >= 232
      ? Array.from({ length: 3 }, () => 8 + (colour - 232) * 10)
      : [Math.floor((colour - 16) / 36), Math.floor((colour - 16) / 6) % 6, (colour - 16) % 6].map((step) =>
          step === 0 ? 0 : 55 + step * 40,
        )
  return `#${levels.map((level) => level.toString(16).padStart(2, '0')).join('')}`
}
