import {
  arrayOf,
  constant,
  type JsonDeclaration,
  type JsonPart,
  type ListPart,
  nullable,
  optional,
  type TuplePart,
  text,
  tuple,
} from '@tapewire/core/adapter'
import type { DraftedField } from './draft.js'
import { guessRole, type SeenValues } from './field-role.js'
import { inferLevels } from './infer-levels.js'
import { inferScalar } from './infer-scalar.js'
import type { JsonNode, ObjectNode } from './json-node.js'

/** What may stand within `optional` and `nullable`. */
type RequiredPart = Parameters<typeof optional>[0]

/** What can be said of a place in the payload, and of everything within it. */
interface Guess<Part extends JsonPart = RequiredPart> {
  /** Null where it cannot be declared. */
  readonly part: Part | null
  /** Of the place itself first. */
  readonly fields: readonly DraftedField[]
}

/** What frames of one kind are read with. */
export interface PayloadContext {
  /** The times that the capture is of, epoch ms. */
  readonly eras: readonly number[]
  /** Fields that have the same value in every frame of the kind, by their path. */
  readonly constants: ReadonlyMap<string, string>
  /** Fields of the envelope that are absent now and then in frames of other kinds of the same envelope. */
  readonly loose: ReadonlySet<string>
}

/** The declaration of frames that are alike, and what it is made of; without one where nothing of them can be declared. */
export function inferPayload(
  frames: readonly ObjectNode[],
  context: PayloadContext,
): { readonly declaration: JsonDeclaration | null; readonly fields: readonly DraftedField[] } {
  const { part, fields } = inferObject('', frames, context)
  return { declaration: part, fields }
}

function inferObject(path: string, objects: readonly ObjectNode[], context: PayloadContext): Guess<JsonDeclaration> {
  const parts: [string, JsonPart][] = []
  const fields: DraftedField[] = []
  for (const name of namesOf(objects)) {
    const held = objects.map(({ members }) => members.get(name)).filter((node) => node !== undefined)
    const here = path === '' ? name : `${path}.${name}`
    const guess = inferMember(name, here, held, held.length < objects.length, context)
    if (guess.part !== null) parts.push([name, guess.part])
    fields.push(...guess.fields)
  }
  const declaration = beginningFirm(parts)
  return { part: declaration, fields }
}

/** The names of all, in an order that none of them contradicts as far as there is one. */
function namesOf(objects: readonly ObjectNode[]): readonly string[] {
  const names: string[] = []
  for (const { members } of objects) {
    let place = 0
    for (const name of members.keys()) {
      const known = names.indexOf(name)
      if (known === -1) names.splice(place, 0, name)
      place = (known === -1 ? place : known) + 1
    }
  }
  return names
}

/** What may be absent cannot be the first of its object: the first that is always there goes ahead of it. Null where none is. */
function beginningFirm(parts: readonly [string, JsonPart][]): JsonDeclaration | null {
  const firm = parts.find(([, part]) => part.kind !== 'optional')
  return firm === undefined ? null : Object.fromEntries([firm, ...parts.filter((part) => part !== firm)])
}

function inferMember(
  name: string,
  path: string,
  held: readonly JsonNode[],
  isOptional: boolean,
  context: PayloadContext,
): Guess<JsonPart> {
  const told = held.filter((node) => node.kind !== 'null')
  if (told.length === 0) {
    const part = isOptional ? optional(text) : nullable(text)
    return leaf(path, part, held.length, ['It was null each time: what it is else cannot be told.'])
  }
  const fixed = context.constants.get(path)
  if (fixed !== undefined && told.length === held.length && !isOptional)
    return leaf(path, constant(fixed), held.length, [])
  const { part, fields } = inferValue(name, path, told, context)
  const isLoose = !isOptional && context.loose.has(path)
  if (part === null || (!isOptional && !isLoose && told.length === held.length)) return { part, fields }
  const wrapped = isOptional || isLoose ? optional(part) : nullable(part)
  const [own, ...within] = fields
  if (own === undefined) return { part: wrapped, fields }
  const doubts = isLoose
    ? [...own.doubts, 'It was there each time; in other kinds of the same envelope it was not.']
    : own.doubts
  return { part: wrapped, fields: [{ ...own, part: wrapped, seen: held.length, doubts }, ...within] }
}

/** Of values none of which is null. */
function inferValue(name: string, path: string, nodes: readonly JsonNode[], context: PayloadContext): Guess {
  const objects = nodes.filter((node) => node.kind === 'object')
  const lists = nodes.filter((node) => node.kind === 'list')
  if (objects.length === nodes.length) return ofGroup(path, nodes.length, inferObject(path, objects, context))
  if (lists.length === nodes.length) return inferList(name, path, lists, context)
  if (objects.length + lists.length > 0)
    return leaf<RequiredPart>(path, null, nodes.length, ['It has two forms that exclude each other.'])
  const values = valuesIn(nodes)
  const role = guessRole(name, values, context.eras)
  const flags = nodes.length - values.texts.length - values.numbers.length
  const { part, doubts } = inferScalar(values, flags, role.role)
  const field = {
    path,
    part,
    role: role.role,
    unit: role.unit,
    seen: nodes.length,
    doubts: [...role.doubts, ...doubts],
  }
  return { part, fields: [field] }
}

function valuesIn(nodes: readonly JsonNode[]): SeenValues {
  return {
    texts: nodes.flatMap((node) => (node.kind === 'text' ? [node.text] : [])),
    numbers: nodes.flatMap((node) => (node.kind === 'number' ? [node.digits] : [])),
  }
}

function inferList(
  name: string,
  path: string,
  lists: readonly Extract<JsonNode, { readonly kind: 'list' }>[],
  context: PayloadContext,
): Guess {
  const levels = inferLevels(name, lists)
  if (levels !== null) return leaf<RequiredPart>(path, levels.part, lists.length, levels.doubts)
  const items = lists.flatMap((list) => list.items)
  if (items.length === 0) return leaf<RequiredPart>(path, null, lists.length, ['It was an empty list each time.'])
  const objects = items.filter((item) => item.kind === 'object')
  if (objects.length === items.length) {
    return ofItems(path, lists.length, inferObject(`${path}[]`, objects, context), (item) => arrayOf(item))
  }
  const tuples = items.filter((item) => item.kind === 'list')
  if (tuples.length === items.length) {
    const rows = tuples.map((row) => row.items)
    return ofItems(path, lists.length, inferTuple(`${path}[]`, rows, context), (item) => arrayOf(item))
  }
  const rows = lists.map((list) => list.items)
  const length = items.length / rows.length
  const areAlike = new Set(items.map((item) => item.kind)).size === 1
  if (rows.some((row) => row.length !== length) || (areAlike && length < 2)) {
    const arePlain = tuples.length + objects.length === 0
    const doubt = arePlain
      ? 'A list of plain values has no word: read it where it is needed.'
      : 'Its items are not alike.'
    return leaf<RequiredPart>(path, null, lists.length, [doubt])
  }
  const { part, fields } = inferTuple(path, rows, context)
  const doubts = part !== null && areAlike ? [`It had ${length} items each time, which are taken for fields.`] : []
  return ofItems(path, lists.length, { part, fields }, (elements) => elements, doubts)
}

/** Elements get the names e0, e1 and so on: what they mean, only their order says. */
function inferTuple(path: string, rows: readonly (readonly JsonNode[])[], context: PayloadContext): Guess<TuplePart> {
  const longest = rows.reduce((most, row) => Math.max(most, row.length), 0)
  const elements: [string, JsonPart][] = []
  const fields: DraftedField[] = []
  for (let place = 0; place < longest; place += 1) {
    const held = rows.flatMap((row) => row[place] ?? [])
    const guess = inferMember('', `${path}.${place}`, held, held.length < rows.length, context)
    if (guess.part === null) return { part: null, fields: [...fields, ...guess.fields] }
    elements.push([`e${place}`, guess.part])
    fields.push(...guess.fields)
  }
  const declaration = elements[0]?.[1].kind === 'optional' ? null : Object.fromEntries(elements)
  return { part: declaration === null || longest === 0 ? null : tuple(declaration), fields }
}

/** A list, or a tuple, of what was found out of its items. */
function ofItems<Item extends JsonDeclaration | TuplePart>(
  path: string,
  seen: number,
  { part: item, fields }: Guess<Item>,
  wrap: (item: Item) => ListPart | TuplePart,
  doubts: readonly string[] = [],
): Guess {
  const part = item === null ? null : wrap(item)
  const own = item === null ? ['Its items cannot be declared.'] : doubts
  return { part, fields: [{ path, part, role: null, unit: null, seen, doubts: own }, ...fields] }
}

function ofGroup(path: string, seen: number, { part, fields }: Guess<JsonDeclaration>): Guess {
  const doubts = part === null ? ['No field of it is always there.'] : []
  return { part, fields: [{ path, part, role: null, unit: null, seen, doubts }, ...fields] }
}

function leaf<Part extends JsonPart>(
  path: string,
  part: Part | null,
  seen: number,
  doubts: readonly string[],
): Guess<Part> {
  return { part, fields: [{ path, part, role: null, unit: null, seen, doubts }] }
}
