import {
  choice,
  confirmMessage,
  errorMessage,
  heartbeatMessage,
  id,
  integer,
  jsonShape,
  malformedFrame,
  optional,
  otherMessage,
  type ParsedMessage,
  text,
  unknownMessage,
} from '@tapewire/core/adapter'

const actions = ['subscribe', 'unsubscribe'] as const

/** What a message of Acme's that is no push begins with. */
const operation = jsonShape({ op: text })

/**
 * One frame for each stream of a request, in any order and at any time; without a stream, one for the whole request. Samples:
 *
 * ```json
 * {"op":"subscribe","id":1,"stream":"trades.BTC-USDT","number":412}
 * {"op":"subscribe","id":1,"stream":"trades.FOO-USDT","code":404,"text":"no such market"}
 * {"op":"subscribe","id":1,"code":413,"text":"at most 50 streams a request"}
 * {"op":"unsubscribe","id":2,"stream":"trades.BTC-USDT"}
 * ```
 */
const answer = jsonShape({
  op: choice(...actions),
  id: integer,
  stream: optional(text),
  number: optional(id),
  code: optional(integer),
  text: optional(text),
})

/** `{"op":"ping","time":1767225600123}` from Acme wants a pong with the same time; `{"op":"pong","time":1767225600123}` answers our own ping. */
const heartbeat = jsonShape({ op: choice('ping', 'pong'), time: integer })

/** `{"op":"goodbye","text":"maintenance in five minutes"}` */
const goodbye = jsonShape({ op: text, text })

/** `{"op":"error","code":400,"text":"not a request"}` */
const error = jsonShape({ op: text, code: integer, text })

/** Hears of the number under which this connection pushes a stream. */
export type NumberListener = (number: string, streamId: string) => void

/** Everything Acme says that is not market data; null for what names no operation. */
export function controlMessage(value: unknown, receivedAt: number, onNumber: NumberListener): ParsedMessage | null {
  if (operation.load(value) !== null) return null
  switch (operation.text(operation.slots.op)) {
    case 'subscribe':
    case 'unsubscribe':
      return faultOf(answer.load(value), receivedAt) ?? answerMessage(receivedAt, onNumber)
    case 'ping':
    case 'pong':
      return faultOf(heartbeat.load(value), receivedAt) ?? heartbeatOf(receivedAt)
    case 'goodbye':
      return (
        faultOf(goodbye.load(value), receivedAt) ??
        otherMessage(receivedAt, null, goodbye.text(goodbye.slots.text) ?? '', 'upgrade')
      )
    case 'error':
      return (
        faultOf(error.load(value), receivedAt) ??
        errorMessage(receivedAt, String(error.number(error.slots.code)), error.text(error.slots.text) ?? '')
      )
    default:
      return unknownMessage(receivedAt, 'The message is of an operation we do not know.')
  }
}

function answerMessage(receivedAt: number, onNumber: NumberListener): ParsedMessage {
  const { slots } = answer
  const action = actions[answer.choice(slots.op)] as (typeof actions)[number]
  const requestId = answer.number(slots.id)
  const streamId = answer.text(slots.stream)
  const exchangeCode = answer.digits(slots.code)
  const refusal = exchangeCode === null ? null : { exchangeCode, reason: answer.text(slots.text) ?? '' }
  if (streamId === null) return confirmMessage(receivedAt, { action, requestId, others: refusal ?? 'accepted' })
  if (refusal !== null) {
    return confirmMessage(receivedAt, { action, requestId, rejected: [{ streamId, ...refusal }], others: 'pending' })
  }
  const number = answer.text(slots.number)
  if (number !== null) onNumber(number, streamId)
  return confirmMessage(receivedAt, { action, requestId, accepted: [streamId], others: 'pending' })
}

function heartbeatOf(receivedAt: number): ParsedMessage {
  const { slots } = heartbeat
  const time = heartbeat.number(slots.time)
  const isPing = heartbeat.choice(slots.op) === 0
  return heartbeatMessage(receivedAt, isPing ? 'ping' : 'pong', time, isPing ? `{"op":"pong","time":${time}}` : null)
}

function faultOf(fault: string | null, receivedAt: number): ParsedMessage | null {
  return fault === null ? null : malformedFrame(receivedAt, `${fault}.`)
}
