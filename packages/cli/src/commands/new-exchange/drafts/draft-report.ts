import type { JsonPart } from '@tapewire/core/adapter'
import type { Draft, DraftedField, DraftedKind, FieldRole, TimeUnit } from '@tapewire/testkit'
import { declarationSource } from './declaration-source.js'

/** What was found in the capture, and how sure it is: the text of `DRAFT.md`. */
export function draftReport(draft: Draft, exchange: string, capture: string): string {
  const { kinds, spellings, unread } = draft
  const data = kinds.filter(({ role }) => role === 'data')
  const control = kinds.filter(({ role }) => role !== 'data')
  const parts = [
    `# What the recording tells of ${exchange}

Drafted from \`${codeText(capture)}\`. All of it is guessed from recorded frames, and every guess says how often it was seen and what speaks against it. Compare it with the documentation of the exchange before it goes into a parser; then delete this file, \`src/spot/drafts.ts\` and its folder.`,
    section('How markets are spelled', ['form', 'seen', 'for example'], spellingRows(draft)),
    ...(spellings.length > 1 ? ['There is more than one form: which is of which market the frames do not say.'] : []),
    section('What is no data', ['kind', 'is taken for', 'because', 'frames', 'samples'], control.map(controlRow)),
    ...(unread.length === 0
      ? []
      : [
          section(
            'What was not read',
            ['frames', 'why'],
            unread.map(({ frames, reason }) => [String(frames), reason]),
          ),
        ]),
    ...(draft.messages.length === 0 ? [] : [messagesSection(draft)]),
    `## Data\n\n${data.length === 0 ? 'No frame was taken for data.' : 'Taken for data because nothing says that they answer a request.'}`,
    ...data.map(kindSection),
    ...(control.length === 0 ? [] : [`## Control, field by field\n\n${controlHead}`, ...control.map(kindSection)]),
  ]
  return `${parts.join('\n\n')}\n`
}

const controlHead =
  'What was sent, and what answers it. `src/spot/requests.ts` and `src/spot/parsers/control.ts` are where it is written and read; no file was drafted of it.'

/** Where the samples of a kind are. */
export function fixtureOf({ name }: DraftedKind): string {
  return `fixtures/${name}.jsonl`
}

function spellingRows({ spellings }: Draft): readonly (readonly string[])[] {
  return spellings.map(({ form, seen, samples }) => [code(form), String(seen), samples.map(code).join(', ')])
}

function controlRow(kind: DraftedKind): readonly string[] {
  const { name, role, reason, frames, doubts } = kind
  return [code(name), role, [`${reason}.`, ...doubts].join(' '), String(frames), code(fixtureOf(kind))]
}

function messagesSection({ messages }: Draft): string {
  const parts = messages.map(({ numbers, frames, fields }) => {
    const rows = fields.map(({ path, word, role, unit, seen, doubts }) => [
      code(path),
      word === null ? 'left out' : code(word),
      looksLike(role, unit),
      String(seen),
      doubts.join(' '),
    ])
    return `### Fields ${numbers.join(', ')}\n\nFrames: ${frames}.\n\n${tableOf(fieldHead, rows)}`
  })
  const head =
    'These frames read as protobuf messages. Their bytes have neither names nor types, so that nothing was declared: take both from the `.proto` file of the exchange, and hold them to this.'
  return [`## Protobuf, by field numbers\n\n${head}`, ...parts].join('\n\n')
}

function kindSection(kind: DraftedKind): string {
  const { name, marks, frames, doubts, fields, samples } = kind
  const said =
    marks.length === 0 ? '' : `${marks.map(({ path, value }) => `${code(path)} is ${code(value)}`).join(', ')}. `
  const facts = [`${said}Frames: ${frames}. Samples: ${code(fixtureOf(kind))}.`, ...doubts]
  const sample = samples[0] === undefined ? '' : `\n\n\`\`\`json\n${samples[0]}\n\`\`\``
  const table = tableOf(fieldHead, fields.map(fieldRow))
  return `### ${codeText(name)}\n\n${facts.join(' ')}${sample}\n\n${table}`
}

const fieldHead = ['field', 'declared as', 'looks like', 'seen', 'doubtful because']

function looksLike(role: FieldRole | null, unit: TimeUnit | null): string {
  return role === null ? '' : `${role}${unit === null ? '' : `, ${unit}`}`
}

function fieldRow({ path, part, role, unit, seen, doubts }: DraftedField): readonly string[] {
  return [
    code(path),
    part === null ? 'left out' : code(wordsOf(part)),
    looksLike(role, unit),
    String(seen),
    doubts.join(' '),
  ]
}

/** In few words: what is within an object or a list has rows of its own. */
function wordsOf(part: JsonPart): string {
  if (typeof part.kind !== 'string') return '{…}'
  switch (part.kind) {
    case 'optional':
    case 'nullable':
      return `${part.kind}(${wordsOf(part.part as JsonPart)})`
    case 'list':
      return `arrayOf(${wordsOf(part.item as JsonPart)})`
    case 'tuple':
      return 'tuple({…})'
    default:
      return declarationSource({ field: part }, []).code.replace(/^\{\s*(?:field: )?|,\s*\}$/g, '')
  }
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `## ${title}\n\n${rows.length === 0 ? 'Nothing of it was seen.' : tableOf(head, rows)}`
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(text: string): string {
  return `\`${codeText(text)}\``
}

function codeText(text: string): string {
  return text.replace(/[`\p{Cc}\u2028\u2029]+/gu, ' ')
}
