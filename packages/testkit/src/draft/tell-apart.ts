import type { KindMark } from './draft.js'
import type { JsonNode, ObjectNode } from './json-node.js'
import { marketIn } from './symbol-text.js'

/** Names of fields that say what a message is, at exchanges that were looked at. */
const markNames = new Set(
  'channel event method type topic op do e stream action cmd table feed ch sub unsub pong ping msg_type messageType dataType'.split(
    ' ',
  ),
)
/** Objects that hold such a field: `{"arg":{"channel":"trades"}}`. */
const markHolders = new Set(['arg', 'data', 'result', 'header', 'params', 'param'])
/** Within these, less is a mark: a trade has a type of its own. */
const innerNames = new Set(['channel', 'topic', 'e', 'stream'])

/** Frames of one kind. */
export interface FrameGroup<Frame> {
  readonly marks: readonly KindMark[]
  readonly frames: readonly Frame[]
  /** Which of several forms that exclude each other, from 1; 0 where there is one. */
  readonly form: number
}

/** Tells frames apart by the fields that name what they are, where there is none by the names of their fields, and then by the form of what they hold. */
export function tellApart<Frame extends { readonly node: ObjectNode }>(
  frames: readonly Frame[],
): readonly FrameGroup<Frame>[] {
  const byMarks = groupBy(frames, ({ node }) => {
    const marks = marksOf(node)
    return marks.length === 0 ? [...node.members.keys()].sort().join() : JSON.stringify(marks)
  })
  return byMarks.flatMap((alike) => {
    const marks = marksOf((alike[0] as Frame).node)
    const forms = groupByForm(alike)
    return forms.map((ofForm, place) => ({ marks, frames: ofForm, form: forms.length === 1 ? 0 : place + 1 }))
  })
}

/** What the name of a stream looks like, whatever field it is in: `spot@public.deals.v3.api@BTCUSDT`. */
const streamName = /^[a-z_]+[@.:/][a-z]/i

/** What a frame says it is. */
function marksOf(frame: ObjectNode): readonly KindMark[] {
  const marks = namedMarks(frame)
  if (marks.length > 0) return marks
  return [...frame.members].flatMap(([path, held]) => {
    const value = textOf(held)
    return value !== null && streamName.test(value) ? [{ path, value }] : []
  })
}

function namedMarks({ members }: ObjectNode): readonly KindMark[] {
  const marks: KindMark[] = []
  for (const [name, held] of members) {
    const value = markNames.has(name) ? textOf(held) : null
    if (value !== null) marks.push({ path: name, value })
    if (held.kind !== 'object' || !markHolders.has(name)) continue
    for (const [inner, node] of held.members) {
      const innerValue = innerNames.has(inner) ? textOf(node) : null
      if (innerValue !== null) marks.push({ path: `${name}.${inner}`, value: innerValue })
    }
  }
  return marks.sort((one, other) => (one.path < other.path ? -1 : 1))
}

/** What is another one in each frame: numbers as long as times and ids are, UUIDs, long hexadecimal numbers. */
const varying = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(?=[a-f]*\d)[0-9a-f]{16,}\b|\d{6,}/gi

/** The text, with a star for a market in it and for what varies. Null for what is no word but a sentence or a number, and for what is no text. */
function textOf(node: JsonNode): string | null {
  if (node.kind !== 'text' || node.text.length > 80 || /\s/.test(node.text)) return null
  const market = marketIn(node.text)
  const word = (market === null ? node.text : node.text.replace(market, '*')).replace(varying, '*')
  return market !== null || /[a-z]/i.test(word) ? word : null
}

/** By whether the fields at the top hold objects, lists or plain values, wherever two frames contradict each other in that. */
function groupByForm<Frame extends { readonly node: ObjectNode }>(
  frames: readonly Frame[],
): readonly (readonly Frame[])[] {
  const forms = new Map<string, Set<string>>()
  for (const { node } of frames) {
    for (const [name, held] of node.members) {
      if (held.kind === 'null') continue
      forms.set(name, (forms.get(name) ?? new Set()).add(formOf(held)))
    }
  }
  const disputed = [...forms].filter(([, kinds]) => kinds.size > 1).map(([name]) => name)
  return groupBy(frames, ({ node }) => disputed.map((name) => formOf(node.members.get(name))).join())
}

function formOf(node: JsonNode | undefined): string {
  if (node === undefined) return 'absent'
  return node.kind === 'object' || node.kind === 'list' ? node.kind : 'plain'
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly (readonly Item[])[] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups.values()]
}
