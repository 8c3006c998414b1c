import {
  arrayOf,
  choice,
  confirmMessage,
  errorMessage,
  heartbeatMessage,
  integer,
  jsonShape,
  malformedFrame,
  optional,
  otherMessage,
  type ParsedMessage,
  // #private
  replyMessage,
  // #end
  text,
  unknownMessage,
} from '@tapewire/core/adapter'

const actions = ['subscribe', 'unsubscribe'] as const

/** What a message that is no push begins with. */
const operation = jsonShape({ op: text })

/**
 * One frame answers a whole request. What it does not name was accepted; with a `code`, nothing was. Samples:
 *
 * ```json
 * {"op":"subscribe","id":1}
 * {"op":"subscribe","id":1,"refused":[{"stream":"trades:FOO_USDT","code":"unknown_market","reason":"there is no such market"}]}
 * {"op":"subscribe","id":1,"code":"too_many_streams","reason":"at most 50 streams a request"}
 * ```
 */
const answer = jsonShape({
  op: choice(...actions),
  id: integer,
  refused: optional(arrayOf({ stream: text, code: text, reason: text })),
  code: optional(text),
  reason: optional(text),
})
// #private

/** `{"op":"login","id":1}`, or with `"code":"wrong_signature","reason":"the signature is wrong"`. */
const loginAnswer = jsonShape({ op: text, id: integer, code: optional(text), reason: optional(text) })
// #end

/** `{"op":"pong","time":1767225600123}` */
const pong = jsonShape({ op: text, time: integer })

/** `{"op":"notice","reason":"maintenance in five minutes"}`: this connection will be closed. */
const notice = jsonShape({ op: text, reason: text })

/** `{"op":"error","code":"bad_request","reason":"not a request"}` */
const error = jsonShape({ op: text, code: text, reason: text })

/** Everything Newex says that is no push; null for what names no operation. */
export function controlMessage(value: unknown, receivedAt: number): ParsedMessage | null {
  if (operation.load(value) !== null) return null
  switch (operation.text(operation.slots.op)) {
    case 'subscribe':
    case 'unsubscribe':
      return faultOf(answer.load(value), receivedAt) ?? answerMessage(receivedAt)
    // #private
    case 'login':
      return faultOf(loginAnswer.load(value), receivedAt) ?? loginMessage(receivedAt)
    // #end
    case 'pong':
      return faultOf(pong.load(value), receivedAt) ?? heartbeatMessage(receivedAt, 'pong', pong.number(pong.slots.time))
    case 'notice':
      return (
        faultOf(notice.load(value), receivedAt) ??
        otherMessage(receivedAt, null, notice.text(notice.slots.reason) ?? '', 'upgrade')
      )
    case 'error':
      return (
        faultOf(error.load(value), receivedAt) ??
        errorMessage(receivedAt, error.text(error.slots.code) ?? 'error', error.text(error.slots.reason) ?? '')
      )
    default:
      return unknownMessage(receivedAt, 'The message is of an operation we do not know.')
  }
}

function answerMessage(receivedAt: number): ParsedMessage {
  const { slots } = answer
  const action = actions[answer.choice(slots.op)] as (typeof actions)[number]
  const requestId = answer.number(slots.id)
  const exchangeCode = answer.text(slots.code)
  if (exchangeCode !== null) {
    const refusal = { exchangeCode, reason: answer.text(slots.reason) ?? '' }
    return confirmMessage(receivedAt, { action, requestId, others: refusal })
  }
  return confirmMessage(receivedAt, { action, requestId, rejected: refusedStreams(), others: 'accepted' })
}

function refusedStreams(): { streamId: string; exchangeCode: string; reason: string }[] {
  const { refused } = answer.slots
  const { stream, code, reason } = refused.item
  return Array.from({ length: answer.count(refused) }, (_, place) => {
    answer.item(refused, place)
    const streamId = answer.text(stream) ?? ''
    return { streamId, exchangeCode: answer.text(code) ?? '', reason: answer.text(reason) ?? '' }
  })
}
// #private

function loginMessage(receivedAt: number): ParsedMessage {
  const { slots } = loginAnswer
  const exchangeCode = loginAnswer.text(slots.code)
  return replyMessage(receivedAt, {
    requestId: loginAnswer.number(slots.id),
    ok: exchangeCode === null,
    exchangeCode,
    reason: loginAnswer.text(slots.reason),
    payload: null,
  })
}
// #end

function faultOf(fault: string | null, receivedAt: number): ParsedMessage | null {
  return fault === null ? null : malformedFrame(receivedAt, `${fault}.`)
}
