import { StreamError } from '../../errors/stream-error.js'
import { firstControlOpcode, maxControlLength, opcodes } from './protocol.js'

/** The ways in which what a server sends can break RFC 6455, or a limit of ours. */
export type Violation = keyof typeof violations

/** The code the connection is closed with, and what to say about it. */
const violations = {
  'reserved-bit': { code: 1002, what: 'The server set a reserved bit, though no extension was agreed on.' },
  'unknown-opcode': { code: 1002, what: 'The server sent a frame of a kind that does not exist.' },
  'masked-frame': { code: 1002, what: 'The server masked a frame; only clients do.' },
  'fragmented-control': { code: 1002, what: 'The server sent a control frame in fragments.' },
  'long-control': { code: 1002, what: 'The server sent a control frame of more than 125 bytes.' },
  'orphan-continuation': { code: 1002, what: 'The server continued a message that it had not begun.' },
  'interrupted-message': { code: 1002, what: 'The server began a message before the last one had ended.' },
  'short-close': { code: 1002, what: 'The server sent a close frame with half a code.' },
  'invalid-close-code': { code: 1002, what: 'The server closed with a code that may not be sent.' },
  'invalid-close-reason': { code: 1007, what: 'The server closed with a reason that is not UTF-8.' },
  'too-many-fragments': { code: 1008, what: 'The server sent a message in too many fragments.' },
  'too-large': { code: 1009, what: 'The server sent a message larger than maxPayloadBytes.' },
} as const

/** The close code that answers a violation. */
export function closeCodeOf(violation: Violation): number {
  return violations[violation].code
}

/** The violation as an error, `ERR_PROTOCOL_VIOLATION`. */
export function violationError(violation: Violation): StreamError {
  const { code, what } = violations[violation]
  return new StreamError('ERR_PROTOCOL_VIOLATION', what, {
    context: { Violation: violation, 'Close code': code },
    hint:
      violation === 'too-large'
        ? 'Raise maxPayloadBytes where messages of that size are to be expected.'
        : 'The connection cannot be trusted any more and is closed; a proxy in between may have corrupted it.',
  })
}

/**
 * What is wrong with a frame that begins with these two bytes, or null. `isContinuing` says whether a message in fragments has not ended yet.
 * RFC 6455, sections 5.1 (masking), 5.2 (bits, opcodes), 5.4 (fragments) and 5.5 (control frames).
 */
export function headerViolation(first: number, second: number, isContinuing: boolean): Violation | null {
  const opcode = first & 0x0f
  const length = second & 0x7f
  if ((first & 0x70) !== 0) return 'reserved-bit'
  if (opcode >= firstControlOpcode) {
    if (opcode > opcodes.pong) return 'unknown-opcode'
    if ((first & 0x80) === 0) return 'fragmented-control'
    if (length > maxControlLength) return 'long-control'
    if (opcode === opcodes.close && length === 1) return 'short-close'
  } else {
    if (opcode > opcodes.binary) return 'unknown-opcode'
    if (opcode === opcodes.continuation && !isContinuing) return 'orphan-continuation'
    if (opcode !== opcodes.continuation && isContinuing) return 'interrupted-message'
  }
  return (second & 0x80) === 0 ? null : 'masked-frame'
}
