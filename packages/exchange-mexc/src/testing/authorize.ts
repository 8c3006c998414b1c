import { createHmac } from 'node:crypto'
import type { Clock } from '@tapewire/core'
import type { VenueRequest, VenueResponse } from '@tapewire/testkit'
import { refusal } from './replies.js'

/** The key the venue knows. It opens nothing but this emulation. */
export const demoCredentials = {
  apiKey: 'mx0vEXAMPLEKEY000001',
  apiSecret: '0123456789abcdef0123456789abcdef',
} as const

/** How far ahead of the server's time a request may be dated. Source: MEXC spot v3 API docs, "Signed". */
const maxAheadMs = 1_000
const defaultRecvWindowMs = 5_000
const maxRecvWindowMs = 60_000

/** Checks key, time and signature as MEXC does; null where all is well. */
export function refusalOf(request: VenueRequest, clock: Clock): VenueResponse | null {
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
