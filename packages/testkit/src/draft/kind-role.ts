import type { KindMark, KindRole } from './draft.js'
import type { JsonNode, ObjectNode } from './json-node.js'

/** What frames of a kind are there for, and why that is thought. */
export interface KindRoleGuess {
  readonly role: KindRole
  readonly reason: string
}

const idNames = ['id', 'req_id', 'reqId', 'request_id', 'requestId', 'reqid', 'cid']
const answerWords =
  /(?:^|[._-])(?:rs|ack|sub|unsub|subscribe|unsubscribe|subscribed|unsubscribed|login|auth|logon)(?:[._-]|$)/i

/** What an answer to one of these requests carries: an id of theirs. */
export function requestIds(requests: readonly ObjectNode[]): ReadonlySet<string> {
  return new Set(requests.flatMap((request) => idOf(request) ?? []))
}

/** `ids` are those of the requests of the capture. Frames that were sent are requests, whatever is in them. */
export function guessKindRole(
  marks: readonly KindMark[],
  frames: readonly ObjectNode[],
  ids: ReadonlySet<string>,
): KindRoleGuess {
  const said = [...marks.map(({ path, value }) => ({ path, value })), ...soleNames(frames)]
  const beat = said.find(({ value }) => /(?:^|[._-])p[io]ng$/i.test(value))
  if (beat !== undefined) {
    return { role: /pong$/i.test(beat.value) ? 'pong' : 'ping', reason: `${beat.path} says ${beat.value}` }
  }
  const failing = frames.filter(tellsFailure).length
  const errorMark = said.find(({ value }) => /(?:^|[._-])err(?:or)?$/i.test(value))
  if (errorMark !== undefined) return { role: 'error', reason: `${errorMark.path} says ${errorMark.value}` }
  if (frames.every((frame) => ids.has(idOf(frame) ?? '')))
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

function idOf({ members }: ObjectNode): string | null {
  for (const name of idNames) {
    const held = members.get(name)
    if (held?.kind === 'number') return held.digits
    if (held?.kind === 'text') return held.text
  }
  return null
}

function tellsFailure({ members }: ObjectNode): boolean {
  const told = (node: JsonNode | undefined): boolean => node !== undefined && node.kind !== 'null'
  return told(members.get('error')) || told(members.get('err_code')) || told(members.get('err-code'))
}
