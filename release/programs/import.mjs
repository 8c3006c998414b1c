// Imports every entry, and prints how many there are.
import { entries } from './entries.cjs'

for (const entry of entries) {
  const names = Object.keys(await import(entry))
  if (names.length === 0) throw new Error(`import gives nothing of ${entry}`)
}
process.stdout.write(`${JSON.stringify({ entries: entries.length })}\n`)
