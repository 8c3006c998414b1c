import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { tableRows } from '../src/documents.js'
import { logEventsOf } from '../src/log-events.js'
import { placeOf, readSources } from '../src/source-files.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = { path: 'docs/logging.md', text: readFileSync(join(root, 'docs/logging.md'), 'utf8') }

/** Core and the adapters: what writes into a user's log. */
const sources = readSources(root).filter(({ path }) => {
  const place = placeOf(path)
  return place !== null && !place.isTest && /^(core$|exchange-)/.test(place.packageFolder)
})

interface Entry {
  readonly levels: readonly string[]
  readonly fields: readonly string[]
}

const inCode = (text: string): readonly string[] => [...text.matchAll(/`(\w+)`/g)].map(([, word = '']) => word).sort()

/** Each event as the table has it; what is set in code in the last column is a field. */
const documented: Readonly<Record<string, Entry>> = Object.fromEntries(
  tableRows(page, '`event`').map(([event = '', level = '', , fields = '']) => [
    event.replaceAll('`', ''),
    { levels: level.match(/\b(trace|debug|info|warn|error)\b/g)?.sort() ?? [], fields: inCode(fields) },
  ]),
)

const lines = logEventsOf(sources)
const events = [...new Set(lines.map(({ event }) => event))].sort()

describe('docs/logging.md', () => {
  it('has a row for each event that core and the adapters write, and no other', () => {
    expect(Object.keys(documented).sort()).toEqual(events)
  })

  it('says of each its levels and its fields', () => {
    const found = events.map((event): [string, Entry] => {
      const own = lines.filter((line) => line.event === event)
      const fields = new Set(own.flatMap((line) => line.fields))
      // Most lines of a connection have its id from the logger that each connection has, and it is in no row.
      fields.delete('connectionId')
      return [event, { levels: [...new Set(own.map(({ level }) => level))].sort(), fields: [...fields].sort() }]
    })
    expect(documented).toEqual(Object.fromEntries(found))
  })
})

describe('a line of the log', () => {
  const file = (text: string): { path: string; text: string } => ({ path: 'src/x.ts', text })

  it('is read from the source: event, level and the names of its fields', () => {
    const text = `function f() { const line = { event: 'b', code: 1 }; env.log.warn(line); this.#log.info({ event: 'a', x, y: 2 }) }`
    expect(logEventsOf([file(text)])).toEqual([
      { event: 'b', level: 'warn', fields: ['code'], place: 'src/x.ts:1' },
      { event: 'a', level: 'info', fields: ['x', 'y'], place: 'src/x.ts:1' },
    ])
  })

  it.each([
    'log.warn({ event: name })',
    "log.warn({ event: 'a', ...rest })",
    "log.warn('a')",
    'log.info(line)',
    "log.info({ event: 'a' }, 'text')",
  ])('that could hold anything is refused: %s', (text) => {
    expect(() => logEventsOf([file(text)])).toThrow('src/x.ts:1: ')
  })

  it.each(['console.warn(1)', 'report.error(thrown)'])('is none of ours: %s', (text) => {
    expect(logEventsOf([file(text)])).toEqual([])
  })
})
