// Reads what `npm start -- --json` printed and holds two things: stdout is JSON but for npm's own banner, and data
// really flowed (some `messages` count above zero).
import { readFileSync } from 'node:fs'

const lines = readFileSync(process.argv[2], 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('> '))

/** One document over many lines, or one document a line. */
function parseDocuments() {
  try {
    return [JSON.parse(lines.join('\n'))]
  } catch {
    return lines.map((line) => JSON.parse(line))
  }
}

function countsMessages(value) {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([key, entry]) => (/messages/i.test(key) && typeof entry === 'number' && entry > 0) || countsMessages(entry),
  )
}

try {
  const documents = parseDocuments()
  if (!documents.some(countsMessages)) throw new Error('no `messages` count above zero')
  process.stdout.write(`${documents.length} JSON document(s), messages counted\n`)
} catch (error) {
  process.stderr.write(`npm start -- --json: ${error.message}\n${lines.slice(0, 20).join('\n')}\n`)
  process.exitCode = 1
}
