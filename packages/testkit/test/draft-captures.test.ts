import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { JsonPart } from '@tapewire/core/adapter'
import { describe, expect, it } from 'vitest'
import { type CaptureFrame, type DraftedField, draftFromCapture, type FieldRole, readCapture } from '../src/index.js'
import { gateioFutures } from './hand-written/gateio-futures.js'
import { mexcFutures } from './hand-written/mexc-futures.js'

const captures = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url))

describe('a draft of recorded traffic', () => {
  it.skipIf(!existsSync(captures)).each([
    ['gateio-futures', gateioFutures],
    ['mexc-futures', mexcFutures],
  ])(
    'has at least 80 % of the fields of %s as somebody declares them who has read the documentation',
    async (name, hand) => {
      const { kinds } = draftFromCapture(await framesIn(join(captures, name)))
      const drafted = new Map<string, string>()
      for (const { marks, role, fields } of kinds) {
        if (role !== 'data') continue
        const data = fields.find(({ path }) => path === 'data')?.part
        const said = marks.map(({ value }) => value).join(' ')
        const kind = said === 'push.deal' && data?.kind !== 'list' ? 'push.deal, once' : said
        if (kind in hand) for (const field of fields) drafted.set(`${kind}: ${field.path}`, shownField(field))
      }
      const declared = new Map<string, string>()
      for (const [kind, text] of Object.entries(hand)) {
        for (const line of text.trim().split('\n')) {
          const [path, ...rest] = line.trim().split(' ')
          if (path !== '') declared.set(`${kind}: ${path}`, rest.join(' '))
        }
      }
      const wrong = [...drafted].filter(([path, field]) => declared.get(path) !== field)
      const missed = [...declared.keys()].filter((path) => !drafted.has(path))
      const told = wrong.map(([path, field]) => `${path} ${field}, not ${declared.get(path) ?? 'there'}`)
      expect(1 - wrong.length / drafted.size, told.join('\n')).toBeGreaterThanOrEqual(0.8)
      expect(1 - (wrong.length + missed.length) / declared.size, missed.join('\n')).toBeGreaterThanOrEqual(0.8)
    },
  )
})

async function framesIn(folder: string): Promise<readonly CaptureFrame[]> {
  const files = readdirSync(folder).filter(
    (file) => file.endsWith('.jsonl') && !/\.(rest|expected|sources)\./.test(file),
  )
  const read = await Promise.all(files.sort().map((file) => readCapture(join(folder, file))))
  return read.flatMap(({ frames }) => frames)
}

const named: ReadonlySet<FieldRole | null> = new Set(['symbol', 'id', 'sequence', 'side'] as const)

/** As the hand-written ones are noted. */
function shownField({ part, role, unit }: DraftedField): string {
  const mark = part !== null && (part.kind === 'optional' || part.kind === 'nullable') ? '?' : ''
  const shownRole = role === 'time' ? ` time:${unit}` : named.has(role) ? ` ${role}` : ''
  return `${kindOf(part)}${mark}${shownRole}`
}

function kindOf(part: JsonPart | null): string {
  if (part === null) return 'none'
  if (typeof part.kind !== 'string') return 'object'
  switch (part.kind) {
    case 'optional':
    case 'nullable':
      return kindOf(part.part as JsonPart)
    case 'decimal':
      if (part.orEmpty) return 'decimalOrEmpty'
      return part.notation === 'quoted' ? 'decimal' : part.notation === 'bare' ? 'decimalNumber' : 'decimalEither'
    default:
      return part.kind
  }
}
