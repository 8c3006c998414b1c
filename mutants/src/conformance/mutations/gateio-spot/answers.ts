import type { GateioMutation } from './gateio-mutation.js'

const control = 'spot/parsers/control.ts'

/** Answers and notices of the exchange that are understood wrongly. */
export const answerMutations: readonly GateioMutation[] = [
  {
    name: 'a refusal by name is taken for an acceptance',
    check: 'acknowledgement.one-of-many-refused',
    file: control,
    find: '  if (error === null) {\n    return confirmMessage',
    replace: '  if (action !== null) {\n    return confirmMessage',
  },
  {
    name: 'the refusal of one market is one of all',
    check: 'acknowledgement.one-of-many-refused',
    file: control,
    find: "return { rejected: culprits.map(({ id: streamId }) => ({ streamId, ...refusal })), others: 'again' }",
    replace: 'return { others: refusal }',
  },
  {
    name: 'an acknowledgement is taken for data',
    check: 'parser.finds-no-fault',
    file: control,
    find: "if (event === 'subscribe' || event === 'unsubscribe') {",
    replace: "if (event === 'unsubscribe') {",
  },
  {
    name: 'the answer to an unsubscribe is taken for one to a subscribe',
    check: 'acknowledgement.unsubscribed',
    file: control,
    find: 'return acknowledgementMessage(envelope, event, receivedAt, streamsOf)',
    replace: "return acknowledgementMessage(envelope, 'subscribe', receivedAt, streamsOf)",
  },
  {
    name: 'an answer is matched to the request before',
    check: 'acknowledgement.answers-settle',
    file: control,
    find: '(envelope.id as number) : requestIdOf(envelope.id)',
    replace: '(envelope.id as number) - 1 : requestIdOf(envelope.id)',
  },
  {
    name: 'that a stream is there already is a refusal',
    check: 'acknowledgement.lost',
    file: control,
    find: 'const alreadyThere = /^alert sub\\b/i',
    replace: 'const alreadyThere = /^already sub\\b/i',
  },
  {
    name: 'nobody knows what a pong is',
    check: 'parser.knows-every-frame',
    file: control,
    find: 'if (channel === wireChannels.pong && !hasError)',
    replace: 'if (channel === wireChannels.ping && !hasError)',
  },
  {
    name: 'a pong is an answer without a request',
    check: 'heartbeat.not-told',
    file: control,
    find: "return heartbeatMessage(receivedAt, 'pong', envelopeTime(envelope))",
    replace: "return errorMessage(receivedAt, 'ERR_EXCHANGE_ERROR', 'an answer to nothing', { wireChannel: null })",
  },
  {
    name: 'the notice that a connection will end is not understood',
    check: 'recovery.take-over',
    file: control,
    find: "const notice = type === 'upgrade' ? 'upgrade' : null",
    replace: "const notice = type === 'maintenance' ? 'upgrade' : null",
  },
  {
    name: 'the words of a refusal are not passed on',
    check: 'acknowledgement.all-refused',
    file: control,
    find: 'const refusal = { exchangeCode: error.code, reason: error.reason }',
    replace: "const refusal = { exchangeCode: error.code, reason: 'it was refused' }",
    survives: 'An exchange may refuse without a word, so that no check can ask for its words.',
  },
  {
    name: 'a key that is refused is a market that is refused',
    check: 'authentication.wrong-key',
    file: 'shared/errors.ts',
    find: "new Set(['4', '6', '11'])",
    replace: "new Set(['6', '11'])",
  },
]
