import { type FrameHeader, readHeader } from '../../encoding/frame-header.js'
import { readAnswer } from '../../encoding/read-frame.js'
import type { StreamAnswer } from '../transport/answer.js'
import type { Desk } from '../transport/lines.js'

/** Who publishes a stream now, as its answer has it, or why nobody does. */
export type Owner =
  | { readonly header: FrameHeader; readonly refusal: null }
  | { readonly header: null; readonly refusal: NonNullable<StreamAnswer['refusal']> }

/** Asks who publishes a stream, where the relays that do answer for it. Never rejects. */
export async function askOwner(
  { connection, answerTimeoutMs }: Pick<Desk, 'connection' | 'answerTimeoutMs'>,
  ask: string,
  subject: string,
): Promise<Owner> {
  try {
    const { data } = await connection.request(ask, '', { timeout: answerTimeoutMs })
    const header = readHeader(data)
    const answer = header === null ? null : readAnswer(data, header)
    if (header === null || answer === null) return refused('UNREADABLE', 'The answer of a relay cannot be read.')
    if (answer.ok) return { header, refusal: null }
    return refused(answer.code ?? 'REFUSED', answer.reason ?? 'The relay refused the stream.')
  } catch {
    return refused('NO_RELAY', `no relay publishes ${subject}`)
  }
}

function refused(code: string, reason: string): Owner {
  return { header: null, refusal: { code, reason } }
}
