import { redacted, redactRequest, redactSecretsInAnswer } from '@tapewire/core/adapter'
import { type JsonNode, type ObjectNode, writeJsonNode } from './json-node.js'

const mostSamples = 3
const mostItems = 2

/** Names of fields that say who somebody is. */
const personal = /^(?:user|uid|user_?id|account|account_?id|email|opponent_?uid|conn_?id|trace_?id|client_?ip)$/i

/** The frames that show most of a kind: the first, that with most fields, and the longest. Lists are cut to two items, and secrets taken out; `isRequest` says that they were sent. */
export function samplesOf(frames: readonly ObjectNode[], isRequest: boolean): readonly string[] {
  const texts = frames.map((frame) => writeJsonNode(shortened(frame)))
  const longest = texts.toSorted((one, other) => other.length - one.length)[0]
  const fullest = frames.reduce((best, frame, place) => {
    return frame.members.size > (frames[best] as ObjectNode).members.size ? place : best
  }, 0)
  const chosen = new Set([texts[0], texts[fullest], longest].filter((text) => text !== undefined))
  return [...chosen].slice(0, mostSamples).map(isRequest ? (text) => redactRequest(text) : redactSecretsInAnswer)
}

function shortened(node: JsonNode): JsonNode {
  if (node.kind === 'list') return { kind: 'list', items: node.items.slice(0, mostItems).map(shortened) }
  if (node.kind !== 'object') return node
  const members = new Map(
    [...node.members].map(([name, held]) => [name, personal.test(name) ? anonymous(held) : shortened(held)]),
  )
  return { kind: 'object', members }
}

/** Of the same form: a draft is checked against its samples. */
function anonymous(node: JsonNode): JsonNode {
  if (node.kind === 'text')
    return { kind: 'text', text: /^\d+$/.test(node.text) ? '1'.repeat(node.text.length) : redacted }
  if (node.kind === 'number') return { kind: 'number', digits: node.digits.replace(/\d/g, '1') }
  return shortened(node)
}
