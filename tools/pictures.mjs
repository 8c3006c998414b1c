// Makes the pictures of the README anew: `npm run pictures`, or `npm run pictures -- dashboard --minutes 3` for one of them, sooner and with fewer candles.
// They are of the emulations with their usual seeds, so that they change only where what they show has changed.
import { mkdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { dashboardPicture } from './pictures/dashboard.mjs'
import { terminalPicture } from './pictures/terminal.mjs'

/** By the name of the file below `docs/pictures`. Each gets where to write it, and how long it may watch. */
const pictures = { 'dashboard.png': dashboardPicture, 'terminal.svg': terminalPicture }
/** A page of documentation is read on trains, too. */
const mostBytes = 300_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '14' } },
})
const folder = new URL('../docs/pictures/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [file, make] of Object.entries(pictures)) {
  if (positionals.length > 0 && !positionals.some((name) => file.startsWith(name))) continue
  const path = fileURLToPath(new URL(file, folder))
  await make(path, Number(values.minutes))
  const { size } = statSync(path)
  process.stderr.write(`${file}: ${Math.round(size / 1000)} kB\n`)
  if (size > mostBytes) throw new Error(`${file} has ${size} bytes, and may have ${mostBytes}.`)
}
