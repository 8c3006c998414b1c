import { frameJson, type JsonDeclaration, jsonShape } from '@tapewire/core/adapter'
import { frameOf } from '@tapewire/core/testing'
import type { CaptureFrame } from '../capture/capture-record.js'
import type { Draft, DraftedKind, DraftedMessage, SymbolSpelling } from './draft.js'
import { inferMessage } from './infer-message.js'
import { inferPayload } from './infer-payload.js'
import { type JsonNode, type ObjectNode, readJsonNode, writeJsonNode } from './json-node.js'
import { guessKindRole, type KindRoleGuess, requestIds } from './kind-role.js'
import { readWireMessage, type WireMessage } from './protobuf-message.js'
import { samplesOf } from './samples.js'
import { marketIn, spellingOf } from './symbol-text.js'
import { type FrameGroup, tellApart } from './tell-apart.js'

interface RoledGroup extends FrameGroup<ReadFrame>, KindRoleGuess {}

interface ReadFrame {
  readonly node: ObjectNode
  readonly isSent: boolean
}

/** Frames of a kind that are looked at: more of them seldom tell anything new. */
const mostFrames = 5_000

/** A time of this age is certain to be one, ms: no volume and no id of fewer digits is. */
const surelyTime = /^1[2-9]\d{11}$|^2[0-4]\d{11}$/

/**
 * What recorded frames tell of an exchange that nobody knows yet: the kinds of frames, what each is made of, and how markets are spelled. Everything is a guess,
 * and says what speaks against it. Pure: the same frames make the same draft.
 */
export function draftFromCapture(frames: readonly Pick<CaptureFrame, 'dir' | 'content' | 't'>[]): Draft {
  const read: ReadFrame[] = []
  const binary: WireMessage[] = []
  const unread = new Map<string, number>()
  const skip = (reason: string): void => void unread.set(reason, (unread.get(reason) ?? 0) + 1)
  for (const { content, dir } of frames) {
    if (typeof content !== 'string') {
      const message = readWireMessage(content)
      if (message === null) skip('binary, and no protobuf message')
      else binary.push(message)
      continue
    }
    const node = readJsonNode(content)
    if (node?.kind === 'object') read.push({ node, isSent: dir === 'out' })
    else skip(node === null ? 'no JSON' : 'JSON that is no object, for which there is no declaration')
  }
  const eras = erasOf(frames, read)
  const sent = read.filter(({ isSent }) => isSent)
  const heard = read.filter(({ isSent }) => !isSent)
  const ids = requestIds(
    sent.map(({ node }) => node),
    heard.map(({ node }) => node),
  )
  const groups = tellApart(heard).map((group): RoledGroup => {
    const nodes = group.frames.map(({ node }) => node)
    return { ...group, ...guessKindRole(group.marks, nodes, ids) }
  })
  const received = groups.map((group) => draftKind(group, eras, looseNames(group, groups)))
  const requests = tellApart(sent).map((group) =>
    draftKind({ ...group, role: 'request', reason: 'it was sent' }, eras, new Set()),
  )
  const isData = ({ role }: DraftedKind): boolean => role === 'data'
  const kinds = [...received.filter(isData), ...received.filter((kind) => !isData(kind)), ...requests]
  return {
    kinds: withUniqueNames(kinds),
    messages: draftMessages(binary, eras),
    spellings: spellingsIn(read.map(({ node }) => node)),
    unread: [...unread].map(([reason, count]) => ({ reason, frames: count })),
  }
}

function draftMessages(messages: readonly WireMessage[], eras: readonly number[]): readonly DraftedMessage[] {
  const groups = new Map<string, WireMessage[]>()
  for (const message of messages) {
    const key = [...message.keys()].sort((one, other) => one - other).join()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [message])
    else group.push(message)
  }
  return [...groups].map(([key, alike]) => ({
    numbers: key.split(',').map(Number),
    frames: alike.length,
    fields: inferMessage(alike.slice(0, mostFrames), eras),
  }))
}

/** Everything in the capture that is certain to be a time, epoch ms, sorted; at most a thousand. */
function erasOf(frames: readonly Pick<CaptureFrame, 't'>[], read: readonly ReadFrame[]): readonly number[] {
  const times = new Set(frames.flatMap(({ t }) => (t === null ? [] : [dayOf(t)])))
  const look = (node: JsonNode): void => {
    if (node.kind === 'number' && surelyTime.test(node.digits)) times.add(dayOf(Number(node.digits)))
    else if (node.kind === 'list') node.items.forEach(look)
    else if (node.kind === 'object') for (const held of node.members.values()) look(held)
  }
  for (const { node } of read) look(node)
  return [...times].sort((one, other) => one - other).slice(0, 1_000)
}

const dayMs = 86_400_000

function dayOf(time: number): number {
  return Math.floor(time / dayMs) * dayMs
}

/** Fields that are now there and now not in some kind that has the same role and says in the same fields what it is. */
function looseNames(group: RoledGroup, groups: readonly RoledGroup[]): ReadonlySet<string> {
  const pathsOf = ({ marks }: RoledGroup): string => marks.map(({ path }) => path).join()
  const alike = groups.filter((other) => other.role === group.role && pathsOf(other) === pathsOf(group))
  if (group.marks.length === 0) return new Set()
  return new Set(
    alike.flatMap(({ frames }) => {
      const names = new Set(frames.flatMap(({ node }) => [...node.members.keys()]))
      return [...names].filter((name) => !frames.every(({ node }) => node.members.has(name)))
    }),
  )
}

function draftKind(group: RoledGroup, eras: readonly number[], loose: ReadonlySet<string>): DraftedKind {
  const { marks, frames, role, reason } = group
  const nodes = frames.slice(0, mostFrames).map(({ node }) => node)
  const constants = new Map(marks.filter(({ value }) => !value.includes('*')).map(({ path, value }) => [path, value]))
  const { declaration, fields } = inferPayload(nodes, { eras, constants, loose })
  const fault = declaration === null ? null : faultOf(declaration, nodes)
  return {
    name: nameOf(group),
    marks,
    role,
    reason,
    frames: frames.length,
    declaration: fault?.isFatal === true ? null : declaration,
    fields,
    samples: samplesOf(nodes, role === 'request'),
    doubts: [...doubtsOf(group, declaration === null), ...(fault === null ? [] : [fault.doubt])],
  }
}

/** What is wrong with a declaration by the frames that it was made of; null where it reads all of them. */
function faultOf(
  declaration: JsonDeclaration,
  nodes: readonly ObjectNode[],
): { readonly isFatal: boolean; readonly doubt: string } | null {
  try {
    const shape = jsonShape(declaration)
    const faults = nodes.flatMap((node) => {
      const json = frameJson(frameOf(writeJsonNode(node)))
      return 'fault' in json ? [] : (shape.load(json.value) ?? [])
    })
    return faults.length === 0
      ? null
      : { isFatal: false, doubt: `${faults.length} of the frames do not fit it: ${faults[0]}.` }
  } catch (thrown) {
    return { isFatal: true, doubt: `It cannot be declared: ${(thrown as Error).message}.` }
  }
}

function doubtsOf({ marks, frames, form }: FrameGroup<ReadFrame>, isUndeclared: boolean): readonly string[] {
  const doubts: string[] = []
  if (frames.length > mostFrames) doubts.push(`Only the first ${mostFrames} of its frames were looked at.`)
  if (frames.length === 1) doubts.push('It was seen once: what may be absent, null or otherwise cannot be told.')
  if (marks.length === 0) doubts.push('No field says what it is: it is told apart by the names of its fields.')
  if (form > 0)
    doubts.push('Frames that say the same of themselves have another form: which holds when is not to be seen.')
  if (isUndeclared) doubts.push('No field of it is always there, so that it cannot be declared.')
  return doubts
}

/** By what its frames say they are, otherwise by what they are for, and a request of one field by that. */
function nameOf({ marks, form, role, frames }: RoledGroup): string {
  const said = wordsOf(marks.map(({ value }) => value))
  const [field = '', ...more] = frames[0]?.node.members.keys() ?? []
  const otherwise =
    role === 'data' || (role === 'request' && more.length > 0) ? [] : wordsOf([role === 'request' ? field : role])
  const words = said.length > 0 ? said : otherwise
  const name = words.length === 0 ? 'unnamed' : words.join('-').slice(0, 60)
  return form > 1 ? `${name}-form-${form}` : name
}

function wordsOf(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.toLowerCase().match(/[a-z0-9]+/g) ?? [])
}

function withUniqueNames(kinds: readonly DraftedKind[]): readonly DraftedKind[] {
  const taken = new Set<string>()
  return kinds.map((kind) => {
    let { name } = kind
    for (let count = 2; taken.has(name); count += 1) name = `${kind.name}-${count}`
    taken.add(name)
    return { ...kind, name }
  })
}

function spellingsIn(nodes: readonly JsonNode[]): readonly SymbolSpelling[] {
  const seen = new Map<string, Map<string, number>>()
  const look = (node: JsonNode): void => {
    if (node.kind === 'list') node.items.forEach(look)
    else if (node.kind === 'object') for (const held of node.members.values()) look(held)
    else if (node.kind === 'text') {
      const market = marketIn(node.text)
      const form = market === null ? null : spellingOf(market)
      if (market === null || form === null) return
      const markets = seen.get(form) ?? new Map<string, number>()
      seen.set(form, markets.set(market, (markets.get(market) ?? 0) + 1))
    }
  }
  nodes.forEach(look)
  return [...seen]
    .map(([form, markets]) => ({
      form,
      seen: [...markets.values()].reduce((sum, count) => sum + count, 0),
      samples: [...markets.keys()].slice(0, 3),
    }))
    .sort((one, other) => other.seen - one.seen)
}
