/**
 * The texts MEXC answers with, blanks and the full-width colon included. Source: MEXC spot v3 API docs for acknowledgement and pong;
 * the refusals as JKorf/Mexc.Net issue 35 shows them.
 */
export function acknowledgementReply(id: number, accepted: readonly string[], refused: readonly string[] = []): string {
  return reply(id, acknowledgementText(accepted, refused))
}

export const pongReply: string = reply(0, 'PONG')

/** Not JSON, unlike everything else. Source: ccxt/ccxt:ts/src/pro/mexc.ts. */
export const invalidListenKeyReply = 'Invalid listen key'

function acknowledgementText(accepted: readonly string[], refused: readonly string[]): string {
  if (refused.length === 0) return accepted.join(',')
  const refusal = `Not Subscribed successfully! [${refused.join(',')}].  Reason： Blocked! `
  return accepted.length === 0 ? refusal : `Subscribed successful! [${accepted.join(',')}]. ${refusal}`
}

/** `code` is 0 whatever happened. */
function reply(id: number, msg: string): string {
  return JSON.stringify({ id, code: 0, msg })
}

/** A client's text frame, as far as MEXC reads it. */
export interface ClientRequest {
  readonly method: string
  readonly params: readonly string[]
  /** 0 where the client gave none. */
  readonly id: number
}

/** What a client asks; null for what is no request. */
export function readClientRequest(text: string): ClientRequest | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const { method, params = [], id = 0 } = (value ?? {}) as { method?: unknown; params?: unknown; id?: unknown }
  if (typeof method !== 'string' || !Array.isArray(params)) return null
  return { method, params: params.map(String), id: typeof id === 'number' ? id : 0 }
}

/** Answers what a client sends as a venue that accepts everything: for replaying a recording, whose own replies carry other ids. */
export function acknowledgeMexc(message: string | Buffer): readonly string[] {
  const request = readClientRequest(message.toString())
  if (request === null) return []
  if (request.method === 'PING') return [pongReply]
  const isSubscription = request.method === 'SUBSCRIPTION' || request.method === 'UNSUBSCRIPTION'
  return isSubscription ? [acknowledgementReply(request.id, request.params)] : []
}

/** Whether a recorded frame is a reply (text) rather than data (binary). */
export function isMexcControl(frame: { readonly content: string | Buffer }): boolean {
  return typeof frame.content === 'string'
}
