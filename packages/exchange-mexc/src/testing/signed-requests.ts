import { createHmac } from 'node:crypto'
import type { Clock } from '@tapewire/core'
import type { VenueRequest, VenueResponse } from '@tapewire/testkit'

/** The key the venue knows. It opens nothing but this emulation. */
export const demoCredentials = {
  apiKey: 'mx0vEXAMPLEKEY000001',
  apiSecret: '0123456789abcdef0123456789abcdef',
} as const

/** How far ahead of the server's time a request may be dated. Source: MEXC spot v3 API docs, "Signed". */
const maxAheadMs = 1_000
const defaultRecvWindowMs = 5_000
const maxRecvWindowMs = 60_000

/** Codes and words of MEXC's refusals. Source: MEXC spot v3 API docs, error codes. */
const words: Readonly<Record<number, string>> = {
  400: 'api key required',
  10072: 'Api key info invalid',
  700002: 'Signature for this request is not valid.',
  700003: 'Timestamp for this request is outside of the recvWindow.',
  700004: "Mandatory parameter 'timestamp' was not sent, was empty/null, or malformed.",
  700005: 'recvWindow must less than 60000',
  700006: 'ip not in the ip white list',
  700007: 'No permission to access the endpoint.',
  730708: 'listen key information error',
}

export function refusal(code: number, status = 400): VenueResponse {
  return { status, body: JSON.stringify({ code, msg: words[code] ?? 'error' }) }
}

/** Checks key, time and signature as MEXC does; null where all is well. */
export function checkSignedRequest(request: VenueRequest, clock: Clock): VenueResponse | null {
  const key = request.headers['x-mexc-apikey']
  if (key === undefined || key === '') return refusal(400)
  if (key !== demoCredentials.apiKey) return refusal(10072)
  const { searchParams } = request.url
  const timestamp = Number(searchParams.get('timestamp') ?? Number.NaN)
  const signature = searchParams.get('signature')
  if (!Number.isSafeInteger(timestamp) || signature === null) return refusal(700004)
  const recvWindowMs = Number(searchParams.get('recvWindow') ?? defaultRecvWindowMs)
  if (!(recvWindowMs > 0 && recvWindowMs <= maxRecvWindowMs)) return refusal(700005)
  const serverTime = clock.now()
  if (timestamp >= serverTime + maxAheadMs || serverTime - timestamp > recvWindowMs) return refusal(700003)
  return signature === expectedSignature(request) ? null : refusal(700002)
}

/** Of the query without the signature, and the body right behind it. */
function expectedSignature({ url, body }: VenueRequest): string {
  const query = url.search.slice(1).replace(/&?signature=[^&]*/, '')
  return createHmac('sha256', demoCredentials.apiSecret)
    .update(query + body)
    .digest('hex')
}
