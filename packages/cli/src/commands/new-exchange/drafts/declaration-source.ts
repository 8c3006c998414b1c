import type { JsonDeclaration, JsonField, JsonPart, LevelsField } from '@tapewire/core/adapter'
import type { DraftedField } from '@tapewire/testkit'

/** A declaration as it is written in an adapter. */
export interface DeclarationSource {
  /** The object, from its first brace to its last. */
  readonly code: string
  /** The words that it is made of, for the import. */
  readonly words: readonly string[]
}

/** Writes a declaration; above each field stands what it looks like, and what is doubtful about it. */
export function declarationSource(declaration: JsonDeclaration, fields: readonly DraftedField[]): DeclarationSource {
  const notes = new Map(fields.map((field) => [field.path, noteOf(field)]))
  const words = new Set<string>()
  const code = objectSource(declaration, '', 0, { notes, words })
  return { code, words: [...words] }
}

interface Writing {
  /** By path; null where there is nothing to say. */
  readonly notes: ReadonlyMap<string, string | null>
  readonly words: Set<string>
}

/** What stands above a field. */
function noteOf({ role, unit, doubts }: DraftedField): string | null {
  const looks = role === null ? [] : [`Looks like ${withArticle(role)}${unit === null ? '' : ` in ${unit}`}.`]
  const note = [...looks, ...doubts].join(' ')
  return note === '' ? null : note
}

/** Text that ends no comment, wherever it came from. */
export function commentText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll('*/', '*\\/')
}

/** A text as TypeScript has it. */
export function textLiteral(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`
}

function objectSource(declaration: JsonDeclaration, path: string, depth: number, writing: Writing): string {
  return membersSource(declaration, (name) => (path === '' ? name : `${path}.${name}`), depth, writing)
}

/** Elements are told by their place: their notes stand under it. */
function tupleSource(elements: JsonDeclaration, path: string, depth: number, writing: Writing): string {
  return membersSource(elements, (_name, place) => `${path}.${place}`, depth, writing)
}

function membersSource(
  declaration: JsonDeclaration,
  pathOf: (name: string, place: number) => string,
  depth: number,
  writing: Writing,
): string {
  const indent = '  '.repeat(depth + 1)
  const lines = Object.entries(declaration).flatMap(([name, part], place) => {
    const path = pathOf(name, place)
    const source = partSource(part as JsonPart, path, depth + 1, writing)
    return memberLines(name, source, writing.notes.get(path) ?? null, indent)
  })
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
}

function memberLines(name: string, source: string, note: string | null, indent: string): readonly string[] {
  const key = keySource(name)
  const member = key === source ? `${indent}${key},` : `${indent}${key}: ${source},`
  return note === null ? [member] : [`${indent}// ${commentText(note)}`, member]
}

/** `__proto__` would be no field but the prototype of the object. */
function keySource(name: string): string {
  if (name === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : textLiteral(name)
}

function partSource(part: JsonPart, path: string, depth: number, writing: Writing): string {
  const { words } = writing
  if (typeof part.kind !== 'string') return objectSource(part as JsonDeclaration, path, depth, writing)
  switch (part.kind) {
    case 'optional':
    case 'nullable':
      words.add(part.kind)
      return `${part.kind}(${partSource(part.part as JsonPart, path, depth, writing)})`
    case 'list':
      words.add('arrayOf')
      return `arrayOf(${partSource(part.item as JsonPart, `${path}[]`, depth, writing)})`
    case 'tuple':
      words.add('tuple')
      return `tuple(${tupleSource(part.elements as JsonDeclaration, path, depth, writing)})`
    default:
      return fieldSource(part as JsonField, words)
  }
}

function fieldSource(field: JsonField, words: Set<string>): string {
  switch (field.kind) {
    case 'constant':
      words.add('constant')
      return `constant(${textLiteral(field.text)})`
    case 'choice':
      words.add('choice')
      return `choice(${field.texts.map(textLiteral).join(', ')})`
    case 'levels':
      return levelsSource(field, words)
    default: {
      const word = wordOf(field)
      words.add(word)
      return word
    }
  }
}

/** The word for a field that needs no more than one. Drafts have no other than these. */
function wordOf(field: Exclude<JsonField, LevelsField>): string {
  if (field.kind === 'integer') return field.isSigned ? 'signedInteger' : 'integer'
  if (field.kind !== 'decimal') return field.kind
  if (field.orEmpty) return 'decimalOrEmpty'
  return { quoted: 'decimal', bare: 'decimalNumber', either: 'decimalEither' }[field.notation]
}

function levelsSource({ names, notation, ignored }: LevelsField, words: Set<string>): string {
  const form = [
    ...(names === null ? [] : [`names: [${names.map(textLiteral).join(', ')}]`]),
    ...(notation === 'quoted' ? [] : [`notation: '${notation}'`]),
    ...(ignored === 0 ? [] : [`ignored: ${ignored}`]),
  ]
  if (form.length === 0) {
    words.add('priceLevels')
    return 'priceLevels'
  }
  words.add('priceLevelsOf')
  return `priceLevelsOf({ ${form.join(', ')} })`
}
