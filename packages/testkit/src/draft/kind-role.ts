import type { KindMark, KindRole } from './draft.js'
import type { JsonNode, ObjectNode } from './json-node.js'

/** What frames of a kind are there for, and why that is thought. */
export interface KindRoleGuess {
  readonly role: KindRole
  readonly reason: string
}

const idNames = new Set(['id', 'req_id', 'reqId', 'request_id', 'requestId', 'reqid', 'cid'])
const answerWords =
  /(?:^|[._-])(?:rs|ack|sub|unsub|subscribe|unsubscribe|subscribed|unsubscribed|login|auth|logon)(?:[._-]|$)/i

/** Ids of requests, by the field that they are in. */
export type RequestIds = ReadonlyMap<string, ReadonlySet<string>>

/** Frames that one request may be answered with, at most, where nothing but its value says that a field is an id. */
const mostAnswers = 2

/**
 * What answers to these requests carry: fields that are named as ids are, and those that are another whole number in each request and come back in few of the
 * frames that were received.
 */
export function requestIds(requests: readonly ObjectNode[], received: readonly ObjectNode[]): RequestIds {
  const names = new Set(requests.flatMap(({ members }) => [...members.keys()]))
  const ids = new Map<string, ReadonlySet<string>>()
  for (const name of names) {
    const values = requests.flatMap(({ members }) => plainOf(members.get(name)) ?? [])
    const different = new Set(values)
    if (idNames.has(name) || isEchoedId(name, values, different, received)) ids.set(name, different)
  }
  return ids
}

function isEchoedId(
  name: string,
  values: readonly string[],
  different: ReadonlySet<string>,
  received: readonly ObjectNode[],
): boolean {
  if (different.size < values.length || values.some((value) => !/^\d+$/.test(value))) return false
  const echoes = received
    .flatMap(({ members }) => plainOf(members.get(name)) ?? [])
    .filter((value) => different.has(value))
  return echoes.length <= mostAnswers * different.size
}

/** `ids` are those of the requests of the capture. Frames that were sent are requests, whatever is in them. */
export function guessKindRole(
  marks: readonly KindMark[],
  frames: readonly ObjectNode[],
  ids: RequestIds,
): KindRoleGuess {
  const said = [...marks.map(({ path, value }) => ({ path, value })), ...soleNames(frames)]
  const beat = said.find(({ value }) => /(?:^|[._-])p[io]ng$/i.test(value))
  if (beat !== undefined) {
    return { role: /pong$/i.test(beat.value) ? 'pong' : 'ping', reason: `${beat.path} says ${beat.value}` }
  }
  const failing = frames.filter(tellsFailure).length
  const errorMark = said.find(({ value }) => /(?:^|[._-])err(?:or)?$/i.test(value))
  if (errorMark !== undefined) return { role: 'error', reason: `${errorMark.path} says ${errorMark.value}` }
  if (frames.every((frame) => carriesIdOf(frame, ids)))
    return { role: 'answer', reason: 'it carries the id of a request' }
  const mark = said.find(({ value }) => answerWords.test(value))
  if (mark !== undefined) return { role: 'answer', reason: `${mark.path} says ${mark.value}` }
  if (failing === frames.length) return { role: 'error', reason: 'it tells an error' }
  return { role: 'data', reason: 'nothing says that it answers a request' }
}

/** A frame of one or two plain fields may say by a name what it is: `{"pong":1767225600123}`. */
function soleNames(frames: readonly ObjectNode[]): readonly KindMark[] {
  const [first] = frames
  if (first === undefined || first.members.size > 2) return []
  return [...first.members.keys()].map((name) => ({ path: 'a field', value: name }))
}

function carriesIdOf({ members }: ObjectNode, ids: RequestIds): boolean {
  return [...ids].some(([name, values]) => values.has(plainOf(members.get(name)) ?? ''))
}

function plainOf(node: JsonNode | undefined): string | null {
  if (node?.kind === 'number') return node.digits
  return node?.kind === 'text' ? node.text : null
}

function tellsFailure({ members }: ObjectNode): boolean {
  const told = (node: JsonNode | undefined): boolean => node !== undefined && node.kind !== 'null'
  return told(members.get('error')) || told(members.get('err_code')) || told(members.get('err-code'))
}
