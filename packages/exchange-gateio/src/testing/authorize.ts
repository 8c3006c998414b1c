import { createHmac } from 'node:crypto'
import { unauthorized, type VenueError } from './replies.js'
import type { SignedRequest } from './requests.js'

/** The one account the emulation knows. Made up: it opens nothing anywhere. */
export const demoCredentials: { readonly apiKey: string; readonly apiSecret: string } = {
  apiKey: 'demo-key-0001',
  apiSecret: 'demo-secret-0001',
}

/** How far a signed time may be from the server's. Source: Gate.io spot WebSocket v4 docs. */
const maxSkewSeconds = 60

/**
 * Checks the signature of a private request; null where it is right. The time is looked at before the key (Gate.io REST v4 docs), and
 * what is wrong is told as JSON inside the message.
 */
export function refusalOf(request: SignedRequest, now: number): VenueError | null {
  const { channel, event, time, auth } = request
  if (auth === undefined || time === undefined)
    return unauthorized('MISSING_REQUIRED_HEADER', 'auth or time is missing')
  if (Math.abs(now / 1000 - time) > maxSkewSeconds) {
    return unauthorized('REQUEST_EXPIRED', `gap between request time and server time exceeds ${maxSkewSeconds}`)
  }
  if (auth.method !== 'api_key' || auth.KEY !== demoCredentials.apiKey) {
    return unauthorized('INVALID_KEY', 'Invalid key provided')
  }
  const signed = `channel=${channel}&event=${event}&time=${time}`
  const expected = createHmac('sha512', demoCredentials.apiSecret).update(signed).digest('hex')
  return auth.SIGN === expected ? null : unauthorized('INVALID_SIGNATURE', 'Signature mismatch')
}
