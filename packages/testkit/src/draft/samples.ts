import { redacted, redactRequest, redactSecretsInAnswer } from '@tapewire/core/adapter'
import { type JsonNode, type ObjectNode, writeJsonNode } from './json-node.js'

const mostSamples = 3
const mostItems = 2

/** Names of fields that say who somebody is. */
const personal = /^(?:user|uid|user_?id|account|account_?id|email|opponent_?uid|conn_?id|trace_?id|client_?ip)$/i

/** The frames that show most of a kind: the first, that with most fields, and the longest. Lists whose length varies are cut to two items, and secrets taken out; `isRequest` says that they were sent. */
export function samplesOf(frames: readonly ObjectNode[], isRequest: boolean): readonly string[] {
  const lengths = lengthsIn(frames)
  const texts = frames.map((frame) => writeJsonNode(shortened(frame, '', lengths)))
  const longest = texts.toSorted((one, other) => other.length - one.length)[0]
  const fullest = frames.reduce((best, frame, place) => {
    return frame.members.size > (frames[best] as ObjectNode).members.size ? place : best
  }, 0)
  const chosen = new Set([texts[0], texts[fullest], longest].filter((text) => text !== undefined))
  return [...chosen].slice(0, mostSamples).map(isRequest ? (text) => redactRequest(text) : redactSecretsInAnswer)
}

/** The lengths of the lists at one place of the frames. */
interface SeenLengths {
  readonly shortest: number
  readonly longest: number
  readonly seen: number
}

/** By path. */
function lengthsIn(frames: readonly ObjectNode[]): ReadonlyMap<string, SeenLengths> {
  const lengths = new Map<string, SeenLengths>()
  const look = (node: JsonNode, path: string): void => {
    if (node.kind === 'object') {
      for (const [name, held] of node.members) look(held, `${path}.${name}`)
      return
    }
    if (node.kind !== 'list') return
    const length = node.items.length
    const { shortest, longest, seen } = lengths.get(path) ?? { shortest: length, longest: length, seen: 0 }
    lengths.set(path, { shortest: Math.min(shortest, length), longest: Math.max(longest, length), seen: seen + 1 })
    for (const item of node.items) look(item, `${path}[]`)
  }
  for (const frame of frames) look(frame, '')
  return lengths
}

function shortened(node: JsonNode, path: string, lengths: ReadonlyMap<string, SeenLengths>): JsonNode {
  if (node.kind === 'list') {
    const kept = isOfFields(node, lengths.get(path)) ? node.items : node.items.slice(0, mostItems)
    return { kind: 'list', items: kept.map((item) => shortened(item, `${path}[]`, lengths)) }
  }
  if (node.kind !== 'object') return node
  const members = new Map(
    [...node.members].map(([name, held]) => [
      name,
      personal.test(name) ? anonymous(held, `${path}.${name}`, lengths) : shortened(held, `${path}.${name}`, lengths),
    ]),
  )
  return { kind: 'object', members }
}

/** Whether a list may stand for an object, each item a field of its own: without one of them the right adapter would refuse the sample. What was seen once is taken for that unless it holds rows. */
function isOfFields(
  { items }: Extract<JsonNode, { readonly kind: 'list' }>,
  lengths: SeenLengths | undefined,
): boolean {
  if (lengths === undefined || lengths.shortest !== lengths.longest) return false
  return lengths.seen > 1 || items.some(({ kind }) => kind !== 'list' && kind !== 'object')
}

/** Of the same form: a draft is checked against its samples. */
function anonymous(node: JsonNode, path: string, lengths: ReadonlyMap<string, SeenLengths>): JsonNode {
  if (node.kind === 'text')
    return { kind: 'text', text: /^\d+$/.test(node.text) ? '1'.repeat(node.text.length) : redacted }
  if (node.kind === 'number') return { kind: 'number', digits: node.digits.replace(/\d/g, '1') }
  return shortened(node, path, lengths)
}
