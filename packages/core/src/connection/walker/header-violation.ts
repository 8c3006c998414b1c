import { firstControlOpcode, maxControlLength, opcodes } from './opcodes.js'
import type { Violation } from './violation.js'

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
