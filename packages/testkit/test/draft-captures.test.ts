import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { JsonPart } from '@tapewire/core/adapter'
import { describe, expect, it } from 'vitest'
import { type CaptureFrame, type DraftedField, draftFromCapture, type FieldRole, readCapture } from '../src/index.js'
import { composed, composedFrames } from './hand-written/composed.js'
import { gateioFutures } from './hand-written/gateio-futures.js'
import { mexcFutures } from './hand-written/mexc-futures.js'

/** Recorded traffic lies beside the repository, not in it. */
const captures = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url))

type Frames = readonly Pick<CaptureFrame, 'dir' | 'content' | 't'>[]
type HandWritten = Readonly<Record<string, string>>

describe('a draft has at least 80 % of the fields as somebody declares them who has read the documentation', () => {
  it('of an exchange that does not exist', () => {
    expectLikeness(composedFrames, composed)
  })

  it.skipIf(!existsSync(captures)).each([
    ['gateio-futures', gateioFutures],
    ['mexc-futures', mexcFutures],
  ])('of %s, as it was recorded', async (name, hand) => {
    expectLikeness(await framesIn(join(captures, name)), hand)
  })
})

/** A field is the same where its path, its kind, whether it may be absent, and its role are. What the draft has and nobody declared counts against it, and so does what it has not. */
function expectLikeness(frames: Frames, hand: HandWritten): void {
  const drafted = draftedFields(frames, hand)
  const declared = declaredFields(hand)
  const wrong = [...drafted].filter(([path, field]) => declared.get(path) !== field)
  const missed = [...declared.keys()].filter((path) => !drafted.has(path))
  const told = wrong.map(([path, field]) => `${path} ${field}, not ${declared.get(path) ?? 'there'}`).join('\n')
  expect(1 - wrong.length / drafted.size, told).toBeGreaterThanOrEqual(0.8)
  expect(1 - (wrong.length + missed.length) / declared.size, missed.join('\n')).toBeGreaterThanOrEqual(0.8)
}

/** By kind and path; only of kinds that somebody has declared. */
function draftedFields(frames: Frames, hand: HandWritten): ReadonlyMap<string, string> {
  const drafted = new Map<string, string>()
  for (const { marks, role, fields } of draftFromCapture(frames).kinds) {
    if (role !== 'data') continue
    const data = fields.find(({ path }) => path === 'data')?.part
    const said = marks.map(({ value }) => value).join(' ')
    const kind = said === 'push.deal' && data?.kind !== 'list' ? 'push.deal, once' : said
    if (kind in hand) for (const field of fields) drafted.set(`${kind}: ${field.path}`, shownField(field))
  }
  return drafted
}

function declaredFields(hand: HandWritten): ReadonlyMap<string, string> {
  const lines = Object.entries(hand).flatMap(([kind, text]) =>
    text
      .trim()
      .split('\n')
      .map((line) => [kind, line.trim()]),
  )
  return new Map(
    lines
      .filter(([, line]) => line !== '')
      .map(([kind, line = '']) => {
        const [path, ...rest] = line.split(' ')
        return [`${kind}: ${path}`, rest.join(' ')]
      }),
  )
}

async function framesIn(folder: string): Promise<Frames> {
  const files = readdirSync(folder).filter((file) => /\.jsonl$/.test(file) && !/\.(rest|expected|sources)\./.test(file))
  const read = await Promise.all(files.sort().map((file) => readCapture(join(folder, file))))
  return read.flatMap(({ frames }) => frames)
}

const namedRoles: ReadonlySet<FieldRole | null> = new Set(['symbol', 'id', 'sequence', 'side'] as const)

/** As the hand-written ones are noted. */
function shownField({ part, role, unit }: DraftedField): string {
  const mark = part !== null && (part.kind === 'optional' || part.kind === 'nullable') ? '?' : ''
  const shownRole = role === 'time' ? ` time:${unit}` : namedRoles.has(role) ? ` ${role}` : ''
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
      return { quoted: 'decimal', bare: 'decimalNumber', either: 'decimalEither' }[part.notation]
    default:
      return part.kind
  }
}
