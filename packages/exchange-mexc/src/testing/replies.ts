import type { VenueResponse } from '@tapewire/testkit'
import { PushDataV3ApiWrapper } from '../shared/generated/push-data.js'

/**
 * The texts MEXC answers with, blanks and the full-width colon included. Source: MEXC spot v3 API docs for acknowledgement and pong;
 * the refusals as JKorf/Mexc.Net issue 35 shows them.
 */
export function acknowledgementText(id: number, accepted: readonly string[], refused: readonly string[] = []): string {
  return reply(id, messageText(accepted, refused))
}

export const pongText: string = reply(0, 'PONG')

/** Not JSON, unlike everything else. Source: ccxt/ccxt:ts/src/pro/mexc.ts. */
export const invalidListenKeyText = 'Invalid listen key'

function messageText(accepted: readonly string[], refused: readonly string[]): string {
  if (refused.length === 0) return accepted.join(',')
  const refusal = `Not Subscribed successfully! [${refused.join(',')}].  Reason： Blocked! `
  return accepted.length === 0 ? refusal : `Subscribed successful! [${accepted.join(',')}]. ${refusal}`
}

/** `code` is 0 whatever happened. */
function reply(id: number, msg: string): string {
  return JSON.stringify({ id, code: 0, msg })
}

/** What a push says, beside its channel; absent fields are not sent. */
export type PushContent = Partial<Omit<PushDataV3ApiWrapper, 'channel' | 'body'>> & {
  readonly body: NonNullable<PushDataV3ApiWrapper['body']>
}

/** One binary frame as MEXC sends it. */
export function composePush(channel: string, content: PushContent): Uint8Array {
  return PushDataV3ApiWrapper.encode({ channel, ...content }).finish()
}

/** Codes and words of MEXC's refusals. Source: MEXC spot v3 API docs, error codes; -1128 as ccxt/ccxt:ts/src/mexc.ts shows it. */
const words: Readonly<Record<number, string>> = {
  [-1121]: 'Invalid symbol.',
  [-1128]: 'Combination of optional parameters invalid.',
  400: 'api key required',
  10072: 'Api key info invalid',
  33333: 'Parameter error',
  700002: 'Signature for this request is not valid.',
  700003: 'Timestamp for this request is outside of the recvWindow.',
  700005: 'recvWindow must less than 60000',
  700006: 'ip not in the ip white list',
  700007: 'No permission to access the endpoint.',
  730708: 'listen key information error',
}

export function refusal(code: number): VenueResponse {
  return refused(code, words[code] ?? 'error')
}

/** What a request must say and does not. */
export function missingParameter(name: string): VenueResponse {
  return refused(700004, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
}

function refused(code: number, msg: string): VenueResponse {
  return { status: 400, body: JSON.stringify({ code, msg }) }
}
