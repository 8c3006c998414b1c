import { createHmac } from 'node:crypto'
import type { Clock } from '@tapewire/core'
import type { VenueRequest, VenueResponse } from '@tapewire/testkit'
import { missingParameter, refusal } from './replies.js'

/** The key the venue knows. It opens nothing but this emulation. */
export const demoCredentials = {
  apiKey: 'mx0vEXAMPLEKEY000001',
  apiSecret: '0123456789abcdef0123456789abcdef',
} as const

/** How far ahead of the server's time a request may be dated. Source: MEXC spot v3 API docs, "Signed". */
const maxAheadMs = 1_000
const defaultRecvWindowMs = 5_000
const maxRecvWindowMs = 60_000

/** Checks key, time and signature as MEXC does; null where all is well. Source: MEXC spot v3 API docs, "Signed". */
export function refusalOf(request: VenueRequest, clock: Clock): VenueResponse | null {
  const key = request.headers['x-mexc-apikey']
  if (key === undefined || key === '') return refusal(400)
  if (key !== demoCredentials.apiKey) return refusal(10072)
  const [query, form] = [request.url.searchParams, new URLSearchParams(request.body)]
  const read = (name: string): string | null => query.get(name) ?? form.get(name)
  const timestamp = Number(read('timestamp') ?? Number.NaN)
  if (!Number.isSafeInteger(timestamp)) return missingParameter('timestamp')
  const signature = read('signature')
  if (signature === null) return missingParameter('signature')
  const recvWindowMs = Number(read('recvWindow') ?? defaultRecvWindowMs)
  if (!(recvWindowMs > 0 && recvWindowMs <= maxRecvWindowMs)) return refusal(700005)
  const serverTime = clock.now()
  if (timestamp >= serverTime + maxAheadMs || serverTime - timestamp > recvWindowMs) return refusal(700003)
  return signature === expectedSignature(request) ? null : refusal(700002)
}

/** Of the query, and the body right behind it, both without the signature. */
function expectedSignature({ url, body }: VenueRequest): string {
  return createHmac('sha256', demoCredentials.apiSecret)
    .update(unsigned(url.search.slice(1)) + unsigned(body))
    .digest('hex')
}

function unsigned(parameters: string): string {
  return parameters.replace(/&?\bsignature=[^&]*/, '')
}
